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
 * A seal for values: only a holder of the key can open them, and only in the place they were sealed
 * for. It uses AES-256-GCM and writes {@code v1.<key id>.<base64url>}. Version, key id and context
 * are the associated data. Thread-safe.
 */
public final class Seal {

  private static final String VERSION = "v1";

  /** The length of the longest sealed value that is opened, in characters. */
  public static final int LARGEST = 64 * 1024;

  private volatile Keys keys;

  public Seal(KeyRing ring) {
    this.keys = Keys.of(ring);
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
      return Optional.of(new String(key.decrypt(bytes, associated(keyId, context)), UTF_8));
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
