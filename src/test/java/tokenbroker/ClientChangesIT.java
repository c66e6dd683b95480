package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Clients;
import tokenbroker.testing.ScriptedUpstream;
import tokenbroker.testing.Site;

/**
 * Proves that a client whose server or scope changes in {@code clients.yaml} no longer gets its old
 * tokens.
 */
class ClientChangesIT {

  @RegisterExtension
  private static final Site SITE = new Site().with("broker.clients.reload-every", "1s");

  private static ScriptedUpstream former;
  private static ScriptedUpstream next;

  @BeforeAll
  static void start() {
    former = SITE.upstream();
    next = ScriptedUpstream.start();
    for (var client : List.of("moved", "narrowed", "freed")) {
      SITE.files().credentials(client, "id-" + client, "secret");
    }
    write(Map.of("moved", former, "freed", former), "all");
    SITE.start(SITE.settings(), 2);
  }

  @AfterAll
  static void end() {
    next.close();
  }

  @Test
  void theFormerServersTokenScopeAndFailuresAreAMissOnEveryReplica() {
    former.answer(Answer.token(Map.of("access_token", "of-the-former")));
    next.answer(Answer.token(Map.of("access_token", "of-the-next")));
    former.answer("id-freed", Answer.html(503));
    SITE.brokers().forEach(broker -> assertThat(token(broker, "moved")).isEqualTo("of-the-former"));
    SITE.brokers()
        .forEach(broker -> assertThat(broker.get("/tokens/narrowed", SITE.caller())).isNotNull());
    assertThat(SITE.broker(0).get("/tokens/freed", SITE.caller()).statusCode()).isEqualTo(503);
    var asked = former.count("id-narrowed");

    write(Map.of("moved", next, "freed", next), "narrow");
    await()
        .untilAsserted(
            () ->
                SITE.brokers()
                    .forEach(
                        broker -> assertThat(token(broker, "moved")).isEqualTo("of-the-next")));
    SITE.brokers().forEach(broker -> assertThat(token(broker, "freed")).isEqualTo("of-the-next"));
    SITE.brokers()
        .forEach(
            broker ->
                assertThat(broker.get("/tokens/narrowed", SITE.caller()).statusCode())
                    .isEqualTo(200));
    assertThat(former.count("id-narrowed")).isGreaterThan(asked);
    assertThat(former.requests())
        .filteredOn(request -> "id-narrowed".equals(request.parameters().get("client_id")))
        .last()
        .satisfies(request -> assertThat(request.parameters()).containsEntry("scope", "narrow"));
    try (var restarted = SITE.settings().start()) {
      assertThat(token(restarted, "moved")).isEqualTo("of-the-next");
    }
  }

  private static String token(BrokerProcess broker, String client) {
    var answer =
        broker.send(
            broker
                .request("/tokens/" + client, SITE.caller())
                .header("Accept", "text/plain")
                .build());
    return answer.statusCode() == 200 ? answer.body() : "status " + answer.statusCode();
  }

  private static void write(Map<String, ScriptedUpstream> servers, String scope) {
    var callers = "callers: [ { issuer: test, subject: \"" + Clients.CALLER + "\" } ]";
    SITE.files()
        .clients(
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
