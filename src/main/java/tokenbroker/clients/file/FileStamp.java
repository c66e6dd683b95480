package tokenbroker.clients.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a file that show whether it has changed.
 *
 * @param place the real path of the file, with all symbolic links resolved
 * @param key device and inode; null if the file system has none
 */
record FileStamp(Path place, @Nullable Object key, Instant modified, long size) {

  /** Returns the stamp, or null if the file does not exist or its attributes cannot be read. */
  static @Nullable FileStamp of(Path file) {
    try {
      var place = file.toRealPath();
      var attributes = Files.readAttributes(place, BasicFileAttributes.class);
      return new FileStamp(
          place,
          attributes.fileKey(),
          attributes.lastModifiedTime().toInstant(),
          attributes.size());
    } catch (IOException e) {
      return null;
    }
  }

  boolean isOlderThan(Duration age, Instant now) {
    return modified.plus(age).isBefore(now);
  }
}
