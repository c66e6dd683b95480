package tokenbroker.connections;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;
import tokenbroker.seal.Sha256;

/** A generator of texts that cannot be guessed, and of their hashes, all in base64url. */
final class RandomTexts {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{22}");
  private static final int ID_BYTES = 16;
  private static final int VERIFIER_BYTES = 32;

  private RandomTexts() {}

  /** Returns 128 random bits. */
  static String id() {
    return random(ID_BYTES);
  }

  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** Returns a code verifier (RFC 7636 §4.1). */
  static String verifier() {
    return random(VERIFIER_BYTES);
  }

  /** Returns the SHA-256 of a text, such as the S256 challenge of a verifier (RFC 7636 §4.2). */
  static String sha256(String text) {
    return encode(Sha256.of(text.getBytes(US_ASCII)));
  }

  /** Returns the first 128 bits of a hash: the store's key for a text that it must not contain. */
  static String hashOf(String text) {
    return encode(Arrays.copyOf(Sha256.of(text), ID_BYTES));
  }

  /** Compares two texts in constant time, so that timing does not reveal how much is equal. */
  static boolean isSame(String one, String other) {
    return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
  }

  private static String random(int bytes) {
    var random = new byte[bytes];
    RANDOM.nextBytes(random);
    return encode(random);
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
