# Sourced by the scripts in bin: sets JAVA_HOME to a JDK 25 or newer, or ends the script.
# The first of: JAVA_HOME, the `java` on the PATH, the usual places. JDK_SEARCH (a list of
# directories, separated by colons) replaces the usual places.

# Prints the feature version of the JDK in a directory; fails where there is no JDK.
jdk_version() {
  [ -x "$1/bin/javac" ] || return 1
  "$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p'
}

jdk_is_new_enough() {
  local version
  version=$(jdk_version "$1") && [ -n "$version" ] && [ "$version" -ge 25 ]
}

# Prints the home of the `java` on the PATH, through links and macOS' stub.
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
  echo "No JDK 25 or newer found: neither in JAVA_HOME, nor on the PATH, nor where JDKs usually are." >&2
  echo "Get one with 'sdk install java 25-tem' (https://sdkman.io) or from https://adoptium.net." >&2
  exit 1
}
