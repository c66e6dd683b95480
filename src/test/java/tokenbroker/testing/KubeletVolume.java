package tokenbroker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A directory that is written as the kubelet writes the volume of a ConfigMap or a Secret: each
 * state is complete in a hidden directory of its own, and the visible names are links into it.
 */
public final class KubeletVolume {

  private final Path mount;
  private Map<String, String> files = Map.of();
  private int states;

  /** Creates the volume of an object without keys. */
  public KubeletVolume(Path mount) {
    this.mount = mount;
    write(Map.of());
  }

  public Path path() {
    return mount;
  }

  /**
   * Replaces all files.
   *
   * @param files the contents by name; a name may have directories, as in a projected volume
   */
  public void write(Map<String, String> files) {
    swap(files);
    link();
  }

  /** Does the first half of {@link #write}. New names are not visible yet, and old ones are. */
  public void swap(Map<String, String> files) {
    this.files = Map.copyOf(files);
    var state = Path.of("..state-" + ++states);
    try {
      Files.createDirectories(mount.resolve(state));
      for (var file : files.entrySet()) {
        var path = mount.resolve(state).resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
      }
      Files.createSymbolicLink(mount.resolve("..data_tmp"), state);
      Files.move(
          mount.resolve("..data_tmp"), mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Does the second half of {@link #write}: the visible names, and then the former state. */
  public void link() {
    var names =
        files.keySet().stream()
            .map(file -> Path.of(file).getName(0).toString())
            .collect(Collectors.toSet());
    try {
      for (var name : names) {
        if (!Files.isSymbolicLink(mount.resolve(name))) {
          Files.createSymbolicLink(mount.resolve(name), Path.of("..data", name));
        }
      }
      for (var old : entries()) {
        if (isStale(old, names)) {
          delete(old);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isStale(Path entry, Set<String> names) {
    var name = entry.getFileName().toString();
    return Files.isSymbolicLink(entry)
        ? !name.equals("..data") && !names.contains(name)
        : name.startsWith("..state-") && !name.equals("..state-" + states);
  }

  private List<Path> entries() throws IOException {
    try (var all = Files.list(mount)) {
      return all.toList();
    }
  }

  private static void delete(Path tree) throws IOException {
    try (var all = Files.walk(tree)) {
      for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
