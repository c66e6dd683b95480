package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.Answer;
import tokenbroker.testing.ApiServer;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Clients;
import tokenbroker.testing.Measured;
import tokenbroker.testing.Site;
import tokenbroker.testing.SteadyCallers;

/**
 * Proves that no caller notices when secrets, seal keys, issuers' keys or clients change under
 * load.
 */
class RotationIT {

  private static final int CLIENTS = 10;

  @RegisterExtension private static final Site SITE = new Site().clients(CLIENTS);

  private static ApiServer keys;

  @BeforeAll
  static void start() {
    keys = ApiServer.publishing(SITE.issuer().jwks());
    SITE.start(settings(), 2);
  }

  @AfterAll
  static void end() {
    keys.close();
  }

  private static BrokerProcess.Settings settings() {
    return SITE.settings().with("broker.issuers.test.keys", keys.url());
  }

  @Test
  void aGoodNewSecretIsSoonInUseAndAWrongOneTakesNothingDown() {
    SITE.upstream().answer("id-1", Answer.tokenIfSecret(Clients.secret(1)));
    var paths = List.of("/tokens/client-1", "/tokens/client-2");
    SITE.upstream().answer("id-2", Answer.tokenIfSecret(Clients.secret(2)));
    try (var callers = SteadyCallers.on(SITE.brokers(), paths, SITE.caller(), 50)) {
      await().until(() -> SITE.upstream().count("id-1") == 1 && SITE.upstream().count("id-2") == 1);
      SITE.upstream().answer("id-1", Answer.tokenIfSecret("rotated"));
      var written = System.nanoTime();
      SITE.files().credentials("client-1", "id-1", "rotated");
      SITE.files().credentials("client-2", "id-2", "misspelt");

      await()
          .until(
              () ->
                  SITE.upstream().requests().stream()
                      .anyMatch(it -> "rotated".equals(it.parameters().get("client_secret"))));
      var seconds = (System.nanoTime() - written) / 1e9;
      await()
          .until(
              () ->
                  SITE.upstream().requests().stream()
                      .anyMatch(it -> "misspelt".equals(it.parameters().get("client_secret"))));
      var fresh = invalidated("client-2");
      assertThat(fresh).as("the working secret fetches a new token").contains("\"replaced\":true");
      var calls = callers.end();
      assertThat(calls).allSatisfy(call -> assertThat(call.status()).isEqualTo(200));
      Measured.say(
          "aGoodNewSecretIsSoonInUseAndAWrongOneTakesNothingDown",
          "used %.0f s after it was written; %d calls, 0 failed".formatted(seconds, calls.size()));
    } finally {
      SITE.files().credentials("client-2", "id-2", Clients.secret(2));
    }
  }

  @Test
  void theSealsPrimaryKeyRotatesWithoutAMiss() {
    var kept = "/tokens/client-3";
    var after = "/tokens/client-4";
    var token = SITE.broker(0).get(kept, SITE.caller()).headers().firstValue("Token-Id");
    SITE.files().sealKey("2026-02");
    await()
        .until(
            () ->
                SITE.brokers().stream()
                    .allMatch(it -> it.output().contains("The broker uses new seal keys")));
    var sealedAnew = SITE.broker(1).get(after, SITE.caller()).headers().firstValue("Token-Id");
    assertThat(SITE.redis().command("GET token-broker:{client-3}:token")).startsWith("v1.2026-01.");
    assertThat(SITE.redis().command("GET token-broker:{client-4}:token")).startsWith("v1.2026-02.");

    try (var coming = settings().start()) {
      assertThat(coming.get(kept, SITE.caller()).headers().firstValue("Token-Id")).isPresent();
      assertThat(coming.get(after, SITE.caller()).statusCode()).isEqualTo(200);
      assertThat(coming.metric("token_broker_store_open_failures_total")).isZero();
    }
    assertThat(SITE.broker(0).get(after, SITE.caller()).headers().firstValue("Token-Id"))
        .isEqualTo(sealedAnew);
    assertThat(SITE.broker(1).get(kept, SITE.caller()).headers().firstValue("Token-Id"))
        .isEqualTo(token);
    assertThat(SITE.upstream().count("id-3") + SITE.upstream().count("id-4")).isEqualTo(2);
    Measured.say("theSealsPrimaryKeyRotatesWithoutAMiss", "0 fetches, 0 values that do not open");
  }

  @Test
  void aCallerThatIsRemovedIsRefusedWithoutDelay() throws IOException {
    var path = "/tokens/client-" + (CLIENTS - 2);
    SITE.brokers()
        .forEach(broker -> assertThat(broker.get(path, SITE.caller()).statusCode()).isEqualTo(200));
    var all = Files.readString(SITE.files().clients());
    var written = System.nanoTime();
    SITE.files()
        .clients(
            all.lines()
                .map(
                    line ->
                        line.startsWith("  client-" + (CLIENTS - 2) + ":") ? without(line) : line)
                .reduce("", (one, other) -> one + other + "\n"));
    await().until(() -> allAnswer(path, 403));
    var seconds = (System.nanoTime() - written) / 1e9;
    SITE.files().clients(all);
    await().until(() -> allAnswer(path, 200));
    Measured.say(
        "aCallerThatIsRemovedIsRefusedWithoutDelay",
        "refused %.0f s after the file was written".formatted(seconds));
  }

  private static String without(String client) {
    return client.replaceFirst("callers: \\[.*] }", "callers: [] }");
  }

  @Test
  void aRemovedClientIsNoLongerServedAndItsKeysLeaveRedis() throws IOException {
    var path = "/tokens/client-" + (CLIENTS - 1);
    var key = "token-broker:{client-" + (CLIENTS - 1) + "}:token";
    SITE.brokers()
        .forEach(broker -> assertThat(broker.get(path, SITE.caller()).statusCode()).isEqualTo(200));
    var all = Files.readString(SITE.files().clients());
    var written = System.nanoTime();
    SITE.files()
        .clients(
            all.lines()
                .filter(line -> !line.startsWith("  client-" + (CLIENTS - 1) + ":"))
                .reduce("", (one, other) -> one + other + "\n"));
    await().atMost(Duration.ofMinutes(2)).until(() -> allAnswer(path, 403));
    var seconds = (System.nanoTime() - written) / 1e9;
    SITE.broker(0).awaitOutput("remove them and their tokens in 30 s");
    await().until(() -> SITE.redis().command("EXISTS " + key).equals(":0"));

    SITE.files().clients(all + "  Bad_Name: {}\n  client-0x: { callers: [ { issuer: test } ] }\n");
    await()
        .until(
            () ->
                SITE.brokers().stream()
                    .allMatch(
                        it ->
                            it.output().contains("Bad_Name") && it.output().contains("client-0x")));
    assertThat(SITE.broker(0).metric("token_broker_config_reload_total{result=\"rejected\""))
        .isPositive();
    assertThat(SITE.broker(0).get(path, SITE.caller()).statusCode()).isEqualTo(403);
    assertThat(SITE.broker(0).get("/tokens/client-0", SITE.caller()).statusCode()).isEqualTo(200);
    SITE.files().clients(all);
    Measured.say(
        "aRemovedClientIsNoLongerServedAndItsKeysLeaveRedis",
        "refused %.0f s after the file was written".formatted(seconds));
  }

  @Test
  void anIssuersKeysRotateWithoutARefusedCallAndStayInHandWhenTheyCannotBeRead() {
    var next = new CallerTokens("k2");
    var path = "/tokens/client-5";
    SITE.brokers()
        .forEach(broker -> assertThat(broker.get(path, SITE.caller()).statusCode()).isEqualTo(200));
    var first = SITE.issuer().jwks();
    keys.body(
        first.substring(0, first.length() - 2)
            + ","
            + next.jwks().substring("{\"keys\":[".length()));
    for (var i = 0; i < 20; i++) {
      var jwt = (i < 10 ? next : SITE.issuer()).token(Clients.CALLER);
      assertThat(SITE.broker(i % 2).get(path, jwt).statusCode()).isEqualTo(200);
    }
    keys.status(500);
    for (var i = 0; i < 20; i++) {
      var jwt = (i < 10 ? next : SITE.issuer()).token(Clients.CALLER);
      assertThat(SITE.broker(i % 2).get(path, jwt).statusCode()).isEqualTo(200);
    }
    keys.status(200);
    Measured.say(
        "anIssuersKeysRotateWithoutARefusedCallAndStayInHandWhenTheyCannotBeRead",
        "40 calls with old and new keys, 0 refused");
  }

  private static boolean allAnswer(String path, int status) {
    return SITE.brokers().stream()
        .allMatch(broker -> broker.get(path, SITE.caller()).statusCode() == status);
  }

  private static String invalidated(String client) {
    var current =
        SITE.broker(0).get("/tokens/" + client, SITE.caller()).headers().firstValue("Token-Id");
    return SITE.broker(0)
        .post(
            "/tokens/" + client + "/invalidate",
            SITE.caller(),
            "{\"token_id\": \"" + current.orElseThrow() + "\"}")
        .body();
  }
}
