package tokenbroker.sandbox;

import java.security.SecureRandom;
import java.util.Base64;

/** Random texts that nobody can guess. */
final class RandomText {

  private static final SecureRandom RANDOM = new SecureRandom();

  private RandomText() {}

  /** Returns 43 characters of {@code A-Za-z0-9_-}, from 256 random bits. */
  static String next() {
    var bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
