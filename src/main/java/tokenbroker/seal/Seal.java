package tokenbroker.seal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A seal for values: only a holder of the key can open them, and only in the place they were sealed
 * for. It uses AES-256-GCM with a random nonce and writes {@code v1.<key id>.<base64url>}, where
 * the base64url is nonce, ciphertext and tag. Version, key id and context are the associated data.
 * Thread-safe.
 */
public final class Seal {

  private static final String VERSION = "v1";
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;

  /** The length of the longest sealed value that is opened, in characters. */
  public static final int LARGEST = 64 * 1024;

  private final Consumer<String> onSealed;
  private volatile Keys keys;

  public Seal(KeyRing ring) {
    this(ring, key -> {});
  }

  /**
   * Creates a seal that reports each value that it seals. One key may seal at most 2^32 values,
   * because the nonces are random (NIST SP 800-38D §8.3).
   *
   * @param onSealed gets the id of the key for each sealed value
   */
  public Seal(KeyRing ring, Consumer<String> onSealed) {
    this.keys = Keys.of(ring);
    this.onSealed = onSealed;
  }

  /** Uses another ring from now on: its primary key seals, and all its keys open. */
  public void use(KeyRing ring) {
    keys = Keys.of(ring);
  }

  /**
   * Seals a text for one place.
   *
   * @param context the place of the value, the only one where it can be opened
   */
  public String seal(String context, String plain) {
    var using = keys;
    try {
      var sealed =
          encrypt(using.primary(), plain.getBytes(UTF_8), associated(using.primaryId(), context));
      onSealed.accept(using.primaryId());
      return VERSION
          + "."
          + using.primaryId()
          + "."
          + Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a value could not be sealed", e);
    }
  }

  /** Returns the text; empty if none of the keys sealed it for this place, whatever the reason. */
  public Optional<String> open(String context, String sealed) {
    if (sealed.length() > LARGEST) {
      return Optional.empty();
    }
    var version = sealed.indexOf('.');
    var id = sealed.lastIndexOf('.');
    if (version < 0 || id <= version || !sealed.substring(0, version).equals(VERSION)) {
      return Optional.empty();
    }
    var keyId = sealed.substring(version + 1, id);
    var key = keys.byId().get(keyId);
    if (key == null) {
      return Optional.empty();
    }
    try {
      var bytes = Base64.getUrlDecoder().decode(sealed.substring(id + 1));
      return Optional.of(new String(decrypt(key, bytes, associated(keyId, context)), UTF_8));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Returns whether the primary key sealed this value. If not, it should be sealed again. */
  public boolean isCurrent(String sealed) {
    return sealed.startsWith(VERSION + "." + keys.primaryId() + ".");
  }

  private static byte[] associated(String keyId, String context) {
    return (VERSION + "|" + keyId + "|" + context).getBytes(UTF_8);
  }

  /** Returns nonce, ciphertext and tag. The JDK draws a new random nonce for each call. */
  private static byte[] encrypt(SecretKey key, byte[] plain, byte[] associated)
      throws GeneralSecurityException {
    var cipher = Cipher.getInstance(CIPHER);
    cipher.init(Cipher.ENCRYPT_MODE, key);
    cipher.updateAAD(associated);
    var nonce = cipher.getIV();
    if (nonce.length != NONCE_BYTES) {
      throw new GeneralSecurityException("a nonce of another length");
    }
    var sealed = Arrays.copyOf(nonce, NONCE_BYTES + cipher.getOutputSize(plain.length));
    cipher.doFinal(plain, 0, plain.length, sealed, NONCE_BYTES);
    return sealed;
  }

  private static byte[] decrypt(SecretKey key, byte[] sealed, byte[] associated)
      throws GeneralSecurityException {
    if (sealed.length < NONCE_BYTES + TAG_BYTES) {
      throw new AEADBadTagException("too short");
    }
    var cipher = Cipher.getInstance(CIPHER);
    cipher.init(
        Cipher.DECRYPT_MODE,
        key,
        new GCMParameterSpec(TAG_BYTES * Byte.SIZE, sealed, 0, NONCE_BYTES));
    cipher.updateAAD(associated);
    return cipher.doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
  }

  private record Keys(String primaryId, Map<String, SecretKey> byId) {

    static Keys of(KeyRing ring) {
      var keys = new TreeMap<String, SecretKey>();
      ring.keys().forEach((id, key) -> keys.put(id, new SecretKeySpec(key, "AES")));
      return new Keys(ring.primaryId(), keys);
    }

    SecretKey primary() {
      return Objects.requireNonNull(byId.get(primaryId));
    }
  }
}
