package tokenbroker.seal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.util.SecretBytes;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Seals values so that only a holder of the key can read them, and only where they were put:
 * AES-256-GCM, written {@code v1.<key id>.<base64url>}, with version, key id and context as
 * associated data. Thread-safe.
 */
public final class Seal {

  private static final String VERSION = "v1";

  /** The longest sealed value that is opened. */
  public static final int LARGEST = 64 * 1024;

  private volatile Keys keys;

  public Seal(KeyRing ring) {
    this.keys = Keys.of(ring);
  }

  /** From now on seals with the primary key of this ring, and opens what any of its keys sealed. */
  public void use(KeyRing ring) {
    keys = Keys.of(ring);
  }

  /**
   * Seals a text for one place.
   *
   * @param context where the value is put: it opens nowhere else
   */
  public String seal(String context, String plain) {
    var using = keys;
    try {
      var sealed =
          using.primary().encrypt(plain.getBytes(UTF_8), associated(using.primaryId(), context));
      return VERSION
          + "."
          + using.primaryId()
          + "."
          + Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a value could not be sealed", e);
    }
  }

  /**
   * Empty where the value was not sealed by one of our keys for this place, whatever the reason.
   */
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
      return Optional.of(new String(key.decrypt(bytes, associated(keyId, context)), UTF_8));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Returns whether the primary key sealed this; if not, it should be sealed anew. */
  public boolean isCurrent(String sealed) {
    return sealed.startsWith(VERSION + "." + keys.primaryId() + ".");
  }

  private static byte[] associated(String keyId, String context) {
    return (VERSION + "|" + keyId + "|" + context).getBytes(UTF_8);
  }

  private record Keys(String primaryId, Map<String, Aead> byId) {

    static Keys of(KeyRing ring) {
      var aeads = new TreeMap<String, Aead>();
      ring.keys().forEach((id, key) -> aeads.put(id, aead(key)));
      return new Keys(ring.primaryId(), aeads);
    }

    Aead primary() {
      return Objects.requireNonNull(byId.get(primaryId));
    }

    @AccessesPartialKey
    private static Aead aead(byte[] key) {
      try {
        AeadConfig.register();
        var parameters =
            AesGcmParameters.builder()
                .setKeySizeBytes(32)
                .setIvSizeBytes(12)
                .setTagSizeBytes(16)
                .setVariant(AesGcmParameters.Variant.NO_PREFIX)
                .build();
        var aesGcm =
            AesGcmKey.builder()
                .setParameters(parameters)
                .setKeyBytes(SecretBytes.copyFrom(key, InsecureSecretKeyAccess.get()))
                .build();
        return KeysetHandle.newBuilder()
            .addEntry(KeysetHandle.importKey(aesGcm).withRandomId().makePrimary())
            .build()
            .getPrimitive(RegistryConfiguration.get(), Aead.class);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("a seal key could not be used", e);
      }
    }
  }
}
