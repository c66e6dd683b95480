package tokenbroker.sandbox.crypto;

import java.security.SecureRandom;
import java.util.Base64;

/** Creates strings that nobody can guess: codes, refresh tokens and states. */
public final class RandomString {

  private static final SecureRandom RANDOM = new SecureRandom();

  private RandomString() {}

  /** Returns 256 random bits as 43 characters of {@code A-Za-z0-9_-}. */
  public static String next() {
    var bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
