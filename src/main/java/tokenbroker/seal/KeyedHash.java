package tokenbroker.seal;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * A hash that only a holder of the key can compute: HMAC-SHA-256, truncated to 128 bits. Its key is
 * derived for this purpose alone (HKDF, RFC 5869). Thread-safe.
 */
public final class KeyedHash {

  private static final int BYTES = 16;

  private final SecretKey key;

  /**
   * Creates a hash whose key is derived from a secret.
   *
   * @param secret 32 random bytes
   */
  public KeyedHash(byte[] secret) {
    try {
      key =
          KDF.getInstance("HKDF-SHA256")
              .deriveKey(
                  "HmacSHA256",
                  HKDFParameterSpec.ofExtract()
                      .addIKM(secret)
                      .thenExpand(
                          "token-broker keyed hash".getBytes(StandardCharsets.US_ASCII), 32));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no HKDF-SHA256", e);
    }
  }

  /** Returns the hash of the parts. Different lists of parts never have the same input. */
  public String of(String... parts) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      for (var part : parts) {
        var bytes = part.getBytes(StandardCharsets.UTF_8);
        mac.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        mac.update(bytes);
      }
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(Arrays.copyOf(mac.doFinal(), BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no HmacSHA256", e);
    }
  }
}
