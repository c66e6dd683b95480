package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.ScriptedUpstream;

/**
 * A client gets another server or scope in {@code clients.yaml}: what it had before is not used.
 */
class ClientChangesIT {

  private static final CallerTokens ISSUER = new CallerTokens("k1");
  private static final String CALLER = "system:serviceaccount:shop:orders";
  private static final String ORDERS = ISSUER.token(CALLER);

  @TempDir static Path directory;

  private static RealRedis redis;
  private static ScriptedUpstream former;
  private static ScriptedUpstream next;
  private static BrokerFiles files;
  private static BrokerProcess.Settings settings;
  private static List<BrokerProcess> brokers = List.of();

  @BeforeAll
  static void start() {
    redis = new RealRedis();
    former = ScriptedUpstream.start();
    next = ScriptedUpstream.start();
    files = new BrokerFiles(directory).callerKeys(ISSUER);
    for (var client : List.of("moved", "narrowed", "freed")) {
      files.credentials(client, "id-" + client, "secret");
    }
    write(Map.of("moved", former, "freed", former), "all");
    settings = BrokerProcess.with(files).with("quarkus.redis.hosts", redis.url());
    brokers = settings.with("broker.clients.reload-every", "1s").start(2);
  }

  @AfterAll
  static void end() {
    brokers.forEach(BrokerProcess::close);
    former.close();
    next.close();
    redis.close();
  }

  @Test
  void theFormerServersTokenScopeAndFailuresAreAMissOnEveryReplica() {
    former.answer(Answer.token(Map.of("access_token", "of-the-former")));
    next.answer(Answer.token(Map.of("access_token", "of-the-next")));
    former.answer("id-freed", Answer.html(503));
    brokers.forEach(broker -> assertThat(token(broker, "moved")).isEqualTo("of-the-former"));
    brokers.forEach(broker -> assertThat(broker.get("/tokens/narrowed", ORDERS)).isNotNull());
    assertThat(brokers.getFirst().get("/tokens/freed", ORDERS).statusCode()).isEqualTo(503);
    var asked = former.count("id-narrowed");

    write(Map.of("moved", next, "freed", next), "narrow");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                brokers.forEach(
                    broker -> assertThat(token(broker, "moved")).isEqualTo("of-the-next")));
    brokers.forEach(broker -> assertThat(token(broker, "freed")).isEqualTo("of-the-next"));
    brokers.forEach(
        broker -> assertThat(broker.get("/tokens/narrowed", ORDERS).statusCode()).isEqualTo(200));
    assertThat(former.count("id-narrowed")).isGreaterThan(asked);
    assertThat(former.requests())
        .filteredOn(request -> "id-narrowed".equals(request.parameters().get("client_id")))
        .last()
        .satisfies(request -> assertThat(request.parameters()).containsEntry("scope", "narrow"));
    try (var restarted = settings.start()) {
      assertThat(token(restarted, "moved")).isEqualTo("of-the-next");
    }
  }

  private static String token(BrokerProcess broker, String client) {
    var answer =
        broker.send(
            broker.request("/tokens/" + client, ORDERS).header("Accept", "text/plain").build());
    return answer.statusCode() == 200 ? answer.body() : "status " + answer.statusCode();
  }

  private static void write(Map<String, ScriptedUpstream> servers, String scope) {
    var callers = "callers: [ { issuer: test, subject: \"" + CALLER + "\" } ]";
    files.clients(
        """
        upstreams:
          moved: { base-url: "%1$s" }
          freed: { base-url: "%2$s" }
          same: { base-url: "%3$s" }
        clients:
          moved: { upstream: moved, %4$s }
          freed: { upstream: freed, %4$s }
          narrowed: { upstream: same, scope: %5$s, %4$s }
        """
            .formatted(
                servers.get("moved").url(),
                servers.get("freed").url(),
                former.url(),
                callers,
                scope));
  }
}
