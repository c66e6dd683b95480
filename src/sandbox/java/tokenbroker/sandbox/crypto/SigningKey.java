package tokenbroker.sandbox.crypto;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.lang.JoseException;

/** An RSA key pair that signs with RS256. Its id is its thumbprint (RFC 7638). */
public final class SigningKey {

  private static final int BITS = 2048;

  private final RsaJsonWebKey jwk;

  private SigningKey(RsaJsonWebKey jwk) {
    this.jwk = jwk;
  }

  public static SigningKey create() {
    try {
      var jwk = RsaJwkGenerator.generateJwk(BITS);
      jwk.setKeyId(jwk.calculateBase64urlEncodedThumbprint("SHA-256"));
      jwk.setAlgorithm("RS256");
      return new SigningKey(jwk);
    } catch (JoseException e) {
      throw new IllegalStateException("This JVM does not support RSA", e);
    }
  }

  /**
   * Loads the key from this file. If the file does not exist, creates a key and stores it there.
   */
  public static SigningKey loadOrCreate(Path file) {
    try {
      if (Files.exists(file)) {
        return new SigningKey(
            (RsaJsonWebKey) RsaJsonWebKey.Factory.newPublicJwk(Files.readString(file)));
      }
      var key = create();
      Files.writeString(file, key.jwk.toJson(OutputControlLevel.INCLUDE_PRIVATE));
      return key;
    } catch (IOException e) {
      throw new UncheckedIOException("The sandbox cannot read or write its key file " + file, e);
    } catch (JoseException e) {
      throw new IllegalStateException(
          file
              + " does not contain an RSA key. Remove the file; the sandbox then creates a new key",
          e);
    }
  }

  public String id() {
    return jwk.getKeyId();
  }

  public PrivateKey privateKey() {
    return jwk.getPrivateKey();
  }

  public PublicKey publicKey() {
    return jwk.getPublicKey();
  }

  /** Returns the public key as a JWKS (RFC 7517 §5). */
  public String jwks() {
    return new JsonWebKeySet(jwk).toJson(OutputControlLevel.PUBLIC_ONLY);
  }
}
