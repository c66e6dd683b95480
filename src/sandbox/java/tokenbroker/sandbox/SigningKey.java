package tokenbroker.sandbox;

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

/** An RSA key pair for RS256. Its id is its thumbprint (RFC 7638). */
final class SigningKey {

  private static final int BITS = 2048;

  private final RsaJsonWebKey jwk;

  private SigningKey(RsaJsonWebKey jwk) {
    this.jwk = jwk;
  }

  static SigningKey create() {
    try {
      var jwk = RsaJwkGenerator.generateJwk(BITS);
      jwk.setKeyId(jwk.calculateBase64urlEncodedThumbprint("SHA-256"));
      jwk.setAlgorithm("RS256");
      return new SigningKey(jwk);
    } catch (JoseException e) {
      throw new IllegalStateException("this JVM has no RSA", e);
    }
  }

  /** Returns the key in this file. If there is no file, it creates a key and stores it there. */
  static SigningKey keptIn(Path file) {
    try {
      if (Files.exists(file)) {
        return new SigningKey(
            (RsaJsonWebKey) RsaJsonWebKey.Factory.newPublicJwk(Files.readString(file)));
      }
      var key = create();
      Files.writeString(file, key.jwk.toJson(OutputControlLevel.INCLUDE_PRIVATE));
      return key;
    } catch (IOException e) {
      throw new UncheckedIOException("the sandbox cannot keep its key in " + file, e);
    } catch (JoseException e) {
      throw new IllegalStateException(file + " holds no RSA key: remove it", e);
    }
  }

  String id() {
    return jwk.getKeyId();
  }

  PrivateKey privateKey() {
    return jwk.getPrivateKey();
  }

  PublicKey publicKey() {
    return jwk.getPublicKey();
  }

  /** Returns the public key as a JWKS (RFC 7517 §5). */
  String jwks() {
    return new JsonWebKeySet(jwk).toJson(OutputControlLevel.PUBLIC_ONLY);
  }
}
