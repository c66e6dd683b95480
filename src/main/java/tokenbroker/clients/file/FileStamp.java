package tokenbroker.clients.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a file looks like from outside.
 *
 * @param place where the file is, all symbolic links followed
 * @param key device and inode; null where the file system has none
 */
record FileStamp(Path place, @Nullable Object key, Instant modified, long size) {

  /** Returns null if there is no file that can be looked at. */
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
