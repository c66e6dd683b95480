# Sourced by the scripts in bin. Sets JAVA_HOME to a JDK 25 or newer, or exits.
# It tries JAVA_HOME, then the `java` on the PATH, then the usual directories. JDK_SEARCH, a list of
# directories separated by colons, replaces the usual directories.

# Prints the feature version of the JDK in a directory. Fails if the directory contains no JDK.
jdk_version() {
  [ -x "$1/bin/javac" ] || return 1
  "$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p'
}

jdk_is_new_enough() {
  local version
  version=$(jdk_version "$1") && [ -n "$version" ] && [ "$version" -ge 25 ]
}

# Prints the home of the `java` on the PATH. Asking the JVM resolves links and the stub of macOS.
jdk_of_path() {
  command -v java >/dev/null || return 1
  java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p'
}

jdk_candidates() {
  [ -z "${JAVA_HOME:-}" ] || echo "$JAVA_HOME"
  jdk_of_path || true
  if [ -n "${JDK_SEARCH:-}" ]; then
    echo "$JDK_SEARCH" | tr ':' '\n'
  else
    ls -d /usr/lib/jvm/* \
      "${SDKMAN_DIR:-$HOME/.sdkman}"/candidates/java/* \
      /Library/Java/JavaVirtualMachines/*/Contents/Home \
      "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
      "$HOME"/.jdks/* 2>/dev/null
  fi
}

use_jdk() {
  local candidate
  while IFS= read -r candidate; do
    if jdk_is_new_enough "$candidate"; then
      export JAVA_HOME="$candidate"
      return
    fi
  done < <(jdk_candidates)
  echo "Found no JDK 25 or newer in JAVA_HOME (${JAVA_HOME:-not set}), on the PATH or in the usual directories." >&2
  echo "Install one with 'sdk install java 25-tem' (https://sdkman.io) or from https://adoptium.net, or set JAVA_HOME." >&2
  exit 1
}
