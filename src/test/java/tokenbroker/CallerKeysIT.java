package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;

/** The packaged broker with both kinds of keys that an issuer may have, in one JWKS. */
class CallerKeysIT {

  @TempDir Path directory;

  @Test
  void callersAreVerifiedByRsaAndByEcKeys() throws JoseException {
    var rsa = RsaJwkGenerator.generateJwk(2048);
    rsa.setKeyId("rsa");
    var ec = EcJwkGenerator.generateJwk(EllipticCurves.P256);
    ec.setKeyId("ec");
    var files =
        new BrokerFiles(directory).write("callers.jwks", new JsonWebKeySet(rsa, ec).toJson());
    try (var broker = BrokerProcess.with(files).with("broker.store", "memory").start()) {
      assertThat(status(broker, signed(rsa, "RS256"))).isEqualTo(200);
      assertThat(status(broker, signed(ec, "ES256"))).isEqualTo(200);

      var stranger = EcJwkGenerator.generateJwk(EllipticCurves.P256);
      stranger.setKeyId("ec");
      assertThat(status(broker, signed(stranger, "ES256"))).isEqualTo(401);
    }
  }

  private static int status(BrokerProcess broker, String jwt) {
    return broker.get("/clients", jwt).statusCode();
  }

  private static String signed(PublicJsonWebKey key, String algorithm) throws JoseException {
    var claims = new JwtClaims();
    claims.setIssuer(CallerTokens.ISSUER);
    claims.setAudience("token-broker");
    claims.setSubject("orders");
    claims.setExpirationTimeMinutesInTheFuture(10);
    var jws = new JsonWebSignature();
    jws.setPayload(claims.toJson());
    jws.setKey(key.getPrivateKey());
    jws.setKeyIdHeaderValue(key.getKeyId());
    jws.setAlgorithmHeaderValue(algorithm);
    return jws.getCompactSerialization();
  }
}
