# Sourced by bin/test-image. Builds base images from Debian's packages and this machine's JDK, without a registry.

# Builds two images. $1 is the builder: Debian, the JDK and Redis. $2 is the runtime: the JDK and the C library, without a shell.
# $3 is a working directory.
make_base_images() {
  local builder=$1 runtime=$2 work=$3
  debootstrap --variant=minbase --include=ca-certificates,libssl3,redis-server bookworm "$work/builder" > "$work/debootstrap.log" 2>&1 || {
    tail -n 5 "$work/debootstrap.log" >&2
    return 1
  }
  mkdir -p "$work/builder/opt/java"
  # -L follows links, because the JDK of a distribution links to certificates in another directory.
  cp -rL --preserve=timestamps,mode "$JAVA_HOME" "$work/builder/opt/java/openjdk"
  rm -rf "$work/builder/opt/java/openjdk/lib/src.zip" "$work/builder/var/cache/apt"/* "$work/builder/var/lib/apt/lists"/*
  runtime_files "$work/builder" "$work/runtime"
  import_image "$work/builder" "$builder"
  import_image "$work/runtime" "$runtime"
  rm -rf "$work/builder" "$work/runtime"
}

# Copies the JVM and its shared libraries from the directory tree $1 into $2.
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
