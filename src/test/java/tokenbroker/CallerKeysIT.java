package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tokenbroker.testing.Responses.json;

import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.ApiServer;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Measured;
import tokenbroker.testing.Site;

/** Proves that the packaged broker works with every kind of issuer key, and without keys. */
class CallerKeysIT {

  @RegisterExtension private final Site site = new Site().inMemory();

  @Test
  void callersAreVerifiedByRsaAndByEcKeys() throws JoseException {
    var rsa = RsaJwkGenerator.generateJwk(2048);
    rsa.setKeyId("rsa");
    var ec = EcJwkGenerator.generateJwk(EllipticCurves.P256);
    ec.setKeyId("ec");
    site.files().write("callers.jwks", new JsonWebKeySet(rsa, ec).toJson());
    try (var broker = site.settings().start()) {
      assertThat(status(broker, signed(rsa, "RS256"))).isEqualTo(200);
      assertThat(status(broker, signed(ec, "ES256"))).isEqualTo(200);

      var stranger = EcJwkGenerator.generateJwk(EllipticCurves.P256);
      stranger.setKeyId("ec");
      assertThat(status(broker, signed(stranger, "ES256"))).isEqualTo(401);
    }
  }

  @Test
  void withTheKeysOfOneIssuerItIsReadyAndTheCallersOfTheOtherAreToldToComeBack() {
    var other = new CallerTokens("k2");
    var jwt = other.token("orders", Map.of("iss", "https://other.test"));
    try (var server = ApiServer.publishing(other.jwks())) {
      server.status(403);
      try (var broker =
          site.settings()
              .with("broker.issuers.other.issuer", "https://other.test")
              .with("broker.issuers.other.keys", server.url())
              .start()) {
        assertThat(status(broker, site.token("orders"))).isEqualTo(200);
        var refused = broker.get("/clients", jwt);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 2L);
        var problem = json(refused);
        assertThat(problem.path("code").asText()).isEqualTo("keys_unavailable");
        assertThat(problem.path("retryable").asBoolean()).isTrue();
        assertThat(broker.managementGet("/q/health/ready"))
            .contains("\"issuers-without-keys\": \"other\"")
            .contains("\"issuer-other\": \"0 keys, last read failed: status 403\"")
            .contains("\"issuer-test\": \"1 key\"");
        assertThat(broker.metric("token_broker_issuer_keys{issuer=\"other\"}")).isZero();
        assertThat(broker.metric("token_broker_issuer_keys{issuer=\"test\"}")).isOne();

        server.status(200);
        await().until(() -> status(broker, jwt) == 200);
        assertThat(broker.metric("token_broker_issuer_keys{issuer=\"other\"}")).isOne();
        Measured.say(
            "withTheKeysOfOneIssuerItIsReadyAndTheCallersOfTheOtherAreToldToComeBack",
            "503 with Retry-After, then 200 when the keys could be read");
      }
    }
  }

  @Test
  void withoutAnyKeysItIsStartedAndNotReadyUntilItHasThem() {
    try (var server = ApiServer.publishing("{\"keys\":\"maintenance\"}")) {
      try (var broker = site.settings().with("broker.issuers.test.keys", server.url()).launch()) {
        await().until(() -> broker.answersManagement("/q/health/started"));
        assertThat(broker.isReady()).isFalse();
        assertThat(broker.managementGet("/q/health/ready"))
            .contains("last read failed: the text is not a JWKS");
        assertThat(status(broker, site.token("orders"))).isEqualTo(503);

        server.body(site.issuer().jwks());
        broker.awaitReady();
        assertThat(status(broker, site.token("orders"))).isEqualTo(200);
        Measured.say(
            "withoutAnyKeysItIsStartedAndNotReadyUntilItHasThem",
            "started without keys, ready with them");
      }
    }
  }

  @Test
  void unknownKeysAndAnIssuerThatHangsDelayNobodyWhoseKeyIsKnown() {
    var forged = new CallerTokens("k2").token("orders");
    try (var server = ApiServer.publishing(site.issuer().jwks());
        var broker = site.settings().with("broker.issuers.test.keys", server.url()).start()) {
      server.hold();
      var flood =
          IntStream.range(0, 200).mapToObj(i -> broker.sendAsync("/clients", forged)).toList();
      for (var i = 0; i < 50; i++) {
        assertThat(status(broker, site.token("orders"))).isEqualTo(200);
      }
      server.release();
      for (var answer : flood) {
        assertThat(answer.join().statusCode()).isIn(401, 503);
      }
      Measured.say(
          "unknownKeysAndAnIssuerThatHangsDelayNobodyWhoseKeyIsKnown",
          "200 JWTs with an unknown key at once; 50 new callers, 0 failed");
    }
  }

  @Test
  void aRefusedCallerFindsItsTraceIdInTheLogAndInTheAudit() {
    try (var broker = site.settings().start()) {
      var jwt = site.issuer().token("orders", Map.of("aud", "https://kubernetes.default.svc"));
      var refused = broker.get("/clients", jwt);
      assertThat(refused.statusCode()).isEqualTo(401);
      var trace = json(refused).path("trace_id").asText();
      assertThat(trace).hasSize(32);

      await().until(() -> linesWith(broker, trace).size() == 2);
      assertThat(linesWith(broker, trace))
          .anySatisfy(
              line ->
                  assertThat(line)
                      .contains(
                          "Rejected a caller of issuer test (audience): aud is"
                              + " \"https://kubernetes.default.svc\", but must contain \"token-broker\""))
          .anySatisfy(
              line ->
                  assertThat(line)
                      .startsWith("{\"time\"")
                      .contains("\"event\":\"authentication\"", "\"issuer\":\"test\"")
                      .contains("\"outcome\":\"refused\"", "\"reason\":\"audience\""));
      assertThat(broker.output()).doesNotContain(jwt, jwt.split("\\.", -1)[1], "Exception");
    }
  }

  @Test
  void aRequestWithoutATokenFindsItsTraceIdInTheLogToo() {
    try (var broker = site.settings().start()) {
      var refused = broker.send(HttpRequest.newBuilder(broker.url("/clients")).build());
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(refused.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
      var trace = json(refused).path("trace_id").asText();

      await().until(() -> linesWith(broker, trace).size() == 2);
      assertThat(linesWith(broker, trace))
          .anySatisfy(
              line ->
                  assertThat(line)
                      .contains("(no_token): the request has no Authorization header. trace_id "));
    }
  }

  private static List<String> linesWith(BrokerProcess broker, String text) {
    return broker
        .output()
        .lines()
        .filter(line -> line.contains(text))
        .map(line -> line.replace("\\\"", "\"")) // The log is JSON, in which quotes are escaped.
        .toList();
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
