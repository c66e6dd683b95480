# Sets JAVA_HOME to a JDK 25 or newer, or says in two lines how to get one. To be sourced.
# Looks at JAVA_HOME, at java on the PATH, and where package managers put JDKs. JDK_DIRECTORIES replaces that last list.

jdk_release() { # prints the feature release of the JDK in directory $1, 0 where there is none with a compiler
  [ -x "$1/bin/javac" ] || { echo 0; return; }
  release=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
  echo "${release:-0}"
}

jdk_candidates() {
  [ -n "${JAVA_HOME:-}" ] && echo "$JAVA_HOME"
  on_path=$(command -v javac) && dirname "$(dirname "$(readlink -f "$on_path" 2>/dev/null || echo "$on_path")")"
  for directory in ${JDK_DIRECTORIES-/usr/lib/jvm "$HOME/.sdkman/candidates/java" "$HOME/.jdks" /opt/java \
    /Library/Java/JavaVirtualMachines}; do
    for jdk in "$directory"/* "$directory"/*/Contents/Home; do
      [ -d "$jdk" ] && echo "$jdk"
    done
  done
}

find_jdk() {
  while IFS= read -r candidate; do
    if [ "$(jdk_release "$candidate")" -ge 25 ]; then
      JAVA_HOME=$candidate
      export JAVA_HOME
      return 0
    fi
  done <<CANDIDATES
$(jdk_candidates)
CANDIDATES
  echo "No JDK 25 or newer was found in JAVA_HOME, on the PATH or where JDKs usually are." >&2
  echo "Get one from https://adoptium.net, or with: sdk install java 25-tem; then set JAVA_HOME if need be." >&2
  return 1
}
