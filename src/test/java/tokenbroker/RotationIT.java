package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.Answer;
import tokenbroker.testing.ApiServer;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Clients;
import tokenbroker.testing.Measured;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.ScriptedUpstream;
import tokenbroker.testing.SteadyCallers;

/** Secrets, seal keys, callers' keys and clients change under load, and no caller notices. */
class RotationIT {

  private static final CallerTokens ISSUER = new CallerTokens("k1");
  private static final int CLIENTS = 10;

  @TempDir static Path directory;

  private static RealRedis redis;
  private static ScriptedUpstream upstream;
  private static ApiServer keys;
  private static BrokerFiles files;
  private static BrokerProcess.Settings settings;
  private static List<BrokerProcess> brokers = List.of();
  private static String orders;

  @BeforeAll
  static void start() throws IOException {
    redis = new RealRedis();
    upstream = ScriptedUpstream.start();
    keys = ApiServer.publishing(ISSUER.jwks());
    files = new BrokerFiles(directory).callerKeys(ISSUER);
    Clients.write(files, upstream, CLIENTS);
    settings =
        BrokerProcess.with(files)
            .with("quarkus.redis.hosts", redis.url())
            .with("broker.issuers.test.keys", keys.url());
    brokers = settings.start(2);
    orders = ISSUER.token(Clients.CALLER);
  }

  @AfterAll
  static void end() {
    brokers.forEach(BrokerProcess::close);
    keys.close();
    upstream.close();
    redis.close();
  }

  @Test
  void aGoodNewSecretIsSoonInUseAndAWrongOneTakesNothingDown() {
    upstream.answer("id-1", Answer.tokenIfSecret("secret-1"));
    var paths = List.of("/tokens/client-1", "/tokens/client-2");
    upstream.answer("id-2", Answer.tokenIfSecret("secret-2"));
    try (var callers = SteadyCallers.on(brokers, paths, orders, 50)) {
      await().until(() -> upstream.count("id-1") == 1 && upstream.count("id-2") == 1);
      upstream.answer("id-1", Answer.tokenIfSecret("rotated"));
      var written = System.nanoTime();
      files.credentials("client-1", "id-1", "rotated");
      files.credentials("client-2", "id-2", "misspelt");

      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  upstream.requests().stream()
                      .anyMatch(it -> "rotated".equals(it.parameters().get("client_secret"))));
      var seconds = (System.nanoTime() - written) / 1e9;
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  upstream.requests().stream()
                      .anyMatch(it -> "misspelt".equals(it.parameters().get("client_secret"))));
      var fresh = invalidated("client-2");
      assertThat(fresh).as("fetched with the working secret").contains("\"replaced\":true");
      var calls = callers.end();
      assertThat(calls).allSatisfy(call -> assertThat(call.status()).isEqualTo(200));
      Measured.say(
          "aGoodNewSecretIsSoonInUseAndAWrongOneTakesNothingDown",
          "used %.0f s after it was written; %d calls, 0 failed".formatted(seconds, calls.size()));
    } finally {
      files.credentials("client-2", "id-2", "secret-2");
    }
  }

  @Test
  void theSealsPrimaryKeyRotatesWithoutAMiss() {
    var kept = "/tokens/client-3";
    var after = "/tokens/client-4";
    var token = brokers.getFirst().get(kept, orders).headers().firstValue("Token-Id");
    files.sealKey("2026-02");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                brokers.stream()
                    .allMatch(it -> it.output().contains("The broker uses new seal keys")));
    var sealedAnew = brokers.getLast().get(after, orders).headers().firstValue("Token-Id");
    assertThat(redis.command("GET token-broker:{client-3}:token")).startsWith("v1.2026-01.");
    assertThat(redis.command("GET token-broker:{client-4}:token")).startsWith("v1.2026-02.");

    try (var coming = settings.start()) {
      assertThat(coming.get(kept, orders).headers().firstValue("Token-Id")).isPresent();
      assertThat(coming.get(after, orders).statusCode()).isEqualTo(200);
      assertThat(coming.metric("token_broker_store_open_failures_total")).isZero();
    }
    assertThat(brokers.getFirst().get(after, orders).headers().firstValue("Token-Id"))
        .isEqualTo(sealedAnew);
    assertThat(brokers.getLast().get(kept, orders).headers().firstValue("Token-Id"))
        .isEqualTo(token);
    assertThat(upstream.count("id-3") + upstream.count("id-4")).isEqualTo(2);
    Measured.say("theSealsPrimaryKeyRotatesWithoutAMiss", "0 fetches, 0 values that do not open");
  }

  @Test
  void aCallerThatIsRemovedIsRefusedWithoutDelay() throws IOException {
    var path = "/tokens/client-" + (CLIENTS - 2);
    brokers.forEach(broker -> assertThat(broker.get(path, orders).statusCode()).isEqualTo(200));
    var all = Files.readString(files.clients());
    var written = System.nanoTime();
    files.clients(
        all.lines()
            .map(line -> line.startsWith("  client-" + (CLIENTS - 2) + ":") ? without(line) : line)
            .reduce("", (one, other) -> one + other + "\n"));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> brokers.stream().allMatch(it -> it.get(path, orders).statusCode() == 403));
    var seconds = (System.nanoTime() - written) / 1e9;
    files.clients(all);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> brokers.stream().allMatch(it -> it.get(path, orders).statusCode() == 200));
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
    brokers.forEach(broker -> assertThat(broker.get(path, orders).statusCode()).isEqualTo(200));
    var all = Files.readString(files.clients());
    var written = System.nanoTime();
    files.clients(
        all.lines()
            .filter(line -> !line.startsWith("  client-" + (CLIENTS - 1) + ":"))
            .reduce("", (one, other) -> one + other + "\n"));
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> brokers.stream().allMatch(it -> it.get(path, orders).statusCode() == 403));
    var seconds = (System.nanoTime() - written) / 1e9;
    assertThat(brokers.getFirst().output()).contains("remove them and their tokens in 30 s");
    await().until(() -> redis.command("EXISTS " + key).equals(":0"));

    files.clients(all + "  Bad_Name: {}\n  client-0x: { callers: [ { issuer: test } ] }\n");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                brokers.stream()
                    .allMatch(
                        it ->
                            it.output().contains("Bad_Name") && it.output().contains("client-0x")));
    assertThat(brokers.getFirst().metric("token_broker_config_reload_total{result=\"rejected\""))
        .isPositive();
    assertThat(brokers.getFirst().get(path, orders).statusCode()).isEqualTo(403);
    assertThat(brokers.getFirst().get("/tokens/client-0", orders).statusCode()).isEqualTo(200);
    files.clients(all);
    Measured.say(
        "aRemovedClientIsNoLongerServedAndItsKeysLeaveRedis",
        "refused %.0f s after the file was written".formatted(seconds));
  }

  @Test
  void anIssuersKeysRotateWithoutARefusedCallAndStayInHandWhenTheyCannotBeRead() {
    var next = new CallerTokens("k2");
    var path = "/tokens/client-5";
    brokers.forEach(broker -> assertThat(broker.get(path, orders).statusCode()).isEqualTo(200));
    var first = ISSUER.jwks();
    keys.body(
        first.substring(0, first.length() - 2)
            + ","
            + next.jwks().substring("{\"keys\":[".length()));
    for (var i = 0; i < 20; i++) {
      var jwt = (i < 10 ? next : ISSUER).token(Clients.CALLER);
      assertThat(brokers.get(i % 2).get(path, jwt).statusCode()).isEqualTo(200);
    }
    keys.status(500);
    for (var i = 0; i < 20; i++) {
      var jwt = (i < 10 ? next : ISSUER).token(Clients.CALLER);
      assertThat(brokers.get(i % 2).get(path, jwt).statusCode()).isEqualTo(200);
    }
    keys.status(200);
    Measured.say(
        "anIssuersKeysRotateWithoutARefusedCallAndStayInHandWhenTheyCannotBeRead",
        "40 calls with old and new keys, 0 refused");
  }

  private static String invalidated(String client) {
    var current =
        brokers.getFirst().get("/tokens/" + client, orders).headers().firstValue("Token-Id");
    return brokers
        .getFirst()
        .post(
            "/tokens/" + client + "/invalidate",
            orders,
            "{\"token_id\": \"" + current.orElseThrow() + "\"}")
        .body();
  }
}
