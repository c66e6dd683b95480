# Sourced by bin/test-image: base images made of Debian's packages and this machine's JDK, for where no registry can be reached.

# Makes the images $1 (Debian, the JDK, a Redis: the builder) and $2 (the JDK and the C library, not even a shell: the runtime)
# with the directory $3 to work in.
make_base_images() {
  local builder=$1 runtime=$2 work=$3
  debootstrap --variant=minbase --include=ca-certificates,libssl3,redis-server bookworm "$work/builder" > "$work/debootstrap.log" 2>&1 || {
    tail -n 5 "$work/debootstrap.log" >&2
    return 1
  }
  mkdir -p "$work/builder/opt/java"
  # Links are followed: a JDK of a distribution has its certificates elsewhere.
  cp -rL --preserve=timestamps,mode "$JAVA_HOME" "$work/builder/opt/java/openjdk"
  rm -rf "$work/builder/opt/java/openjdk/lib/src.zip" "$work/builder/var/cache/apt"/* "$work/builder/var/lib/apt/lists"/*
  runtime_files "$work/builder" "$work/runtime"
  import_image "$work/builder" "$builder"
  import_image "$work/runtime" "$runtime"
  rm -rf "$work/builder" "$work/runtime"
}

# Moves into $2 what a JVM needs of the tree $1: itself, and the libraries that it is linked with.
runtime_files() {
  local from=$1 to=$2 file
  mkdir -p "$to/etc" "$to/tmp" "$to/proc" "$to/dev" "$to/sys" "$to/opt"
  chmod 1777 "$to/tmp"
  cp "$from/etc/nsswitch.conf" "$to/etc/"
  chroot "$from" sh -c 'find /opt/java -name "*.so" -o -path "*/bin/java" | xargs ldd 2>/dev/null' |
    awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\/.*ld-/ { print $1 }' | grep -v '^/opt/java/' | sort -u |
    while IFS= read -r file; do
      mkdir -p "$to$(dirname "$file")"
      cp -L "$from$file" "$to$file"
    done
  cp -a "$from/opt/java" "$to/opt/java"
}

import_image() {
  tar -C "$1" -c . | podman import --quiet --change 'ENV PATH=/opt/java/openjdk/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    --change 'ENV JAVA_HOME=/opt/java/openjdk' - "$2" > /dev/null
}
