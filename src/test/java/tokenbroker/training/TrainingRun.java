package tokenbroker.training;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Clients;
import tokenbroker.testing.OAuthForm;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.ScriptedUpstream;

/**
 * Makes the packaged broker do its usual production work while its JVM records the loaded and
 * linked classes (JEP 483). {@code bin/aot-cache} starts it.
 *
 * <p>The profiles of methods (JEP 515) are left out: with them, the compilers of Java 25 leave some
 * busy methods half optimized for ever, or compile one again and again. docs/performance.md has the
 * figures.
 */
final class TrainingRun {

  private static final int CLIENTS = 20;

  /** The number of requests of a kind. More of them would load no other classes. */
  private static final int REQUESTS = 100;

  private static final EllipticCurveJsonWebKey EC_KEY = ecKey();
  private static final JsonWebKeySet EC = new JsonWebKeySet(EC_KEY);

  private TrainingRun() {}

  public static void main(String[] file) throws IOException {
    var cache = Path.of(file[0]).toAbsolutePath();
    var issuer = new CallerTokens("k1");
    var files =
        new BrokerFiles(Files.createTempDirectory("token-broker-training"))
            .write("callers.jwks", issuer.jwksWith(EC.toJson()));
    try (var redis = new RealRedis();
        var upstream = ScriptedUpstream.start()) {
      Clients.write(files, upstream, CLIENTS);
      var settings =
          BrokerProcess.with(files)
              .jvm("@jvm.options")
              .with("quarkus.redis.hosts", redis.url())
              .with("broker.callers.rate-limit", "0");
      try (var sharing = settings.start();
          var learning =
              settings
                  .jvm("-XX:+UnlockDiagnosticVMOptions")
                  .jvm("-XX:-AOTRecordTraining")
                  .jvm("-XX:AOTCacheOutput=" + cache)
                  .start()) {
        Clients.paths(CLIENTS / 2).forEach(path -> sharing.get(path, jwt(issuer)));
        work(learning, issuer);
        learning.terminate();
        learning.exitCode();
        if (!Files.exists(cache)) {
          throw new IllegalStateException("no cache was written:\n" + learning.output());
        }
      }
    }
  }

  private static void work(BrokerProcess broker, CallerTokens issuer) {
    var paths = Clients.paths(CLIENTS);
    var jwt = jwt(issuer);
    for (var form : OAuthForm.values()) {
      for (var i = 0; i < REQUESTS; i++) {
        broker.send(
            form.of(HttpRequest.newBuilder(broker.url("/oauth2/token")), "client-0", jwt).build());
      }
    }
    for (var i = 0; i < REQUESTS; i++) {
      broker.get(paths.get(i % CLIENTS), jwt);
    }
    for (var path : paths) {
      broker.get(path, jwt(issuer));
      broker.get(path, jwt, "Prefer", "min-ttl=600");
      broker.post(path + "/invalidate", jwt, "{\"token_id\":\"unknown\"}");
    }
    for (var i = 0; i < REQUESTS; i++) {
      broker.get(paths.getFirst(), ecJwt());
    }
    for (var path : List.of("/clients", "/clients/client-0", "/tokens/unknown", "/nowhere")) {
      broker.get(path, jwt);
      broker.get(path, "no JWT");
    }
    for (var path : List.of("/q/metrics", "/q/health", "/q/health/ready")) {
      broker.managementGet(path);
    }
  }

  /** Returns a JWT that is signed with the EC key. Many issuers have such keys. */
  private static String ecJwt() {
    var claims = new JwtClaims();
    claims.setIssuer(CallerTokens.ISSUER);
    claims.setAudience("token-broker");
    claims.setSubject(Clients.CALLER);
    claims.setExpirationTimeMinutesInTheFuture(60);
    claims.setGeneratedJwtId();
    var jws = new JsonWebSignature();
    jws.setPayload(claims.toJson());
    jws.setKey(EC_KEY.getPrivateKey());
    jws.setKeyIdHeaderValue(EC_KEY.getKeyId());
    jws.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
    try {
      return jws.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  private static EllipticCurveJsonWebKey ecKey() {
    try {
      var key = EcJwkGenerator.generateJwk(EllipticCurves.P256);
      key.setKeyId("ec");
      return key;
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String jwt(CallerTokens issuer) {
    return issuer.token(Clients.CALLER);
  }
}
