package tokenbroker.seal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys, of 32 bytes each, that seal the data that the broker stores elsewhere, by their ids. It
 * never prints a key.
 *
 * @param primaryId the id of the key that seals; the other keys only open
 * @param keys the keys; neither the map nor the bytes may be changed
 */
public record KeyRing(String primaryId, Map<String, byte[]> keys) {

  private static final int KEY_BYTES = 32;

  /**
   * The largest key file in bytes. Base64 of 32 bytes has 44 characters; the rest is room for
   * newlines.
   */
  private static final int LARGEST_FILE = 64;

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");
  private static final String NEW_KEY = "create a key with: openssl rand -base64 32";

  public KeyRing {
    keys = Map.copyOf(keys);
    if (!keys.containsKey(primaryId)) {
      throw new IllegalArgumentException("the primary key is not in the key ring");
    }
  }

  /** Returns the bytes of the primary key. */
  public byte[] primary() {
    return Objects.requireNonNull(keys.get(primaryId));
  }

  /** The result of loading a ring: the ring, or all faults that prevent it. */
  public sealed interface Loading {
    record Loaded(KeyRing ring) implements Loading {}

    /** The faults. Each says how to fix it, and none contains any part of a key. */
    record Faulty(List<String> faults) implements Loading {}
  }

  /** Returns a ring with one random key, for a broker that shares nothing. */
  public static KeyRing random() {
    var key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return new KeyRing("random", Map.of("random", key));
  }

  /**
   * Loads a directory of keys. Each file contains one key of 32 bytes as base64 text, and the
   * file's name is the key's id. Names that start with a dot are ignored, because Kubernetes uses
   * them for its own files.
   *
   * @param primary the id of the primary key; null selects the last key in the order of names
   */
  public static Loading load(Path directory, @Nullable String primary) {
    var faults = new ArrayList<String>();
    var keys = new TreeMap<String, byte[]>();
    try (var files = Files.newDirectoryStream(directory, file -> !nameOf(file).startsWith("."))) {
      for (var file : files) {
        read(file, keys, faults);
      }
    } catch (IOException | DirectoryIteratorException e) {
      return new Loading.Faulty(
          List.of(
              directory
                  + " is not a readable directory of seal keys: create it, make it readable for the"
                  + " broker, and set broker.seal.keys to it"));
    }
    if (keys.isEmpty() && faults.isEmpty()) {
      faults.add(directory + " contains no seal key: " + NEW_KEY + " > " + directory.resolve("k1"));
    }
    if (primary != null && !keys.containsKey(primary)) {
      faults.add(
          "broker.seal.primary is not the id of a valid key in "
              + directory
              + ": use one of "
              + keys.keySet());
    }
    return faults.isEmpty()
        ? new Loading.Loaded(new KeyRing(primary == null ? keys.lastKey() : primary, keys))
        : new Loading.Faulty(List.copyOf(faults));
  }

  private static void read(Path file, SortedMap<String, byte[]> keys, List<String> faults) {
    var id = nameOf(file);
    if (!ID.matcher(id).matches()) {
      faults.add(
          "the file name %s is not a valid key id: use 1 to 64 characters of A-Z, a-z, 0-9, ., _ and -"
              .formatted(printable(id)));
    } else if (!Files.isRegularFile(file)) {
      faults.add(file + " is not a regular file: move it out of the directory of seal keys");
    } else {
      try {
        keys.put(id, key(file));
      } catch (IOException e) {
        faults.add(file + " cannot be read: check its permissions");
      } catch (IllegalArgumentException e) {
        faults.add(
            file + " does not contain exactly 32 bytes in base64: " + NEW_KEY + " > " + file);
      }
    }
  }

  private static byte[] key(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      var text = new String(in.readNBytes(LARGEST_FILE), StandardCharsets.ISO_8859_1);
      var key = Base64.getDecoder().decode(text.replaceFirst("[\\r\\n]+$", ""));
      if (key.length != KEY_BYTES) {
        throw new IllegalArgumentException("not 32 bytes");
      }
      return key;
    }
  }

  private static String nameOf(Path file) {
    return file.getFileName().toString();
  }

  private static String printable(String name) {
    var shown = name.replaceAll("[^A-Za-z0-9._-]", "?");
    return shown.length() > 64 ? shown.substring(0, 64) + "…" : shown;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeyRing ring
        && primaryId.equals(ring.primaryId)
        && keys.keySet().equals(ring.keys.keySet())
        && keys.entrySet().stream()
            .allMatch(key -> MessageDigest.isEqual(key.getValue(), ring.keys.get(key.getKey())));
  }

  @Override
  public int hashCode() {
    return Objects.hash(primaryId, keys.keySet());
  }

  @Override
  public String toString() {
    return "KeyRing[primaryId=" + primaryId + ", ids=" + new TreeSet<>(keys.keySet()) + "]";
  }
}
