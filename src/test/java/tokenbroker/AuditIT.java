package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Browser;
import tokenbroker.testing.Clients;
import tokenbroker.testing.ConnectedSite;
import tokenbroker.testing.Responses;

/** Proves what the packaged broker's audit log says about each kind of caller. */
class AuditIT {

  /** A well-formed state that belongs to no authorization. */
  private static final String NO_STATE = "acme." + "A".repeat(22) + "." + "A".repeat(22);

  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension private static final ConnectedSite SITE = new ConnectedSite();

  private static BrokerProcess broker;
  private static String caller;

  @BeforeAll
  static void start() {
    caller = jwt(Clients.CALLER, "jwt-\u202e1");
    broker =
        SITE.start(
            SITE.settings()
                .with("broker.callers.rate-limit", "5")
                .with("broker.callers.burst", "60")
                .environment("HOSTNAME", "token-broker-7"));
  }

  @Test
  void aHitsLineNamesTheJwtTheAddressAndTheReplica() {
    for (var i = 0; i < 2; i++) { // The second one is served from the cache.
      assertThat(broker.get("/tokens/acme", caller).statusCode()).isEqualTo(200);
    }
    var line = lines("token", "nearby", 1).getFirst();
    assertThat(line.path("subject").textValue()).isEqualTo(Clients.CALLER);
    assertThat(line.path("jti").textValue()).isEqualTo("jwt-\u202e1");
    assertThat(line.path("address").textValue()).isEqualTo("127.0.0.1");
    assertThat(line.path("replica").textValue()).isEqualTo("token-broker-7");
    assertThat(broker.output()).contains("\"jti\":\"jwt-\\u202E1\"").doesNotContain("\u202e");
  }

  @Test
  void eachIssuedAndRefusedTokenLeavesAnAuditLine() {
    var tokenId = Responses.json(broker.get("/tokens/bolt", caller)).path("token_id").textValue();
    broker.get("/tokens/bolt", SITE.token("somebody:else"));

    await().until(() -> linesAboutBolt().size() == 2);
    var issued = linesAboutBolt().getFirst();
    assertThat(issued.path("issuer").textValue()).isEqualTo("test");
    assertThat(issued.path("subject").textValue()).isEqualTo(Clients.CALLER);
    assertThat(issued.path("outcome").textValue()).isEqualTo("fetched");
    assertThat(issued.path("token_id").textValue()).isEqualTo(tokenId);
    var refused = linesAboutBolt().getLast();
    assertThat(refused.path("outcome").textValue()).isEqualTo("forbidden");
    assertThat(refused.path("token_id").isMissingNode()).isTrue();
  }

  private static List<JsonNode> linesAboutBolt() {
    return lines(broker).stream()
        .filter(line -> line.path("client").asText().equals("bolt"))
        .toList();
  }

  @Test
  void aHeaderOfAProxyThatNobodyTrustsChangesNothing() {
    var stranger = jwt("forwarded", "x");
    for (var header : List.of("X-Forwarded-For", "X-Real-IP")) {
      broker.get("/clients", stranger, header, "203.0.113.9");
    }
    broker.get("/clients", stranger, "Forwarded", "for=203.0.113.9");
    await().until(() -> linesOf("forwarded").size() == 3);
    assertThat(linesOf("forwarded"))
        .allSatisfy(line -> assertThat(line.path("address").textValue()).isEqualTo("127.0.0.1"));
  }

  @Test
  void aProxyThatTheOperatorTrustsNamesTheAddress() {
    try (var behindProxy =
        SITE.settings()
            .with("quarkus.http.proxy.proxy-address-forwarding", true)
            .with("quarkus.http.proxy.allow-x-forwarded", true)
            .start()) {
      behindProxy.get("/clients", caller, "X-Forwarded-For", "203.0.113.9");
      behindProxy.get("/tokens/acme", caller, "X-Forwarded-For", "203.0.113.9");
      behindProxy.get("/tokens/acme", caller, "X-Forwarded-For", "203.0.113.9");
      await().until(() -> lines(behindProxy).size() == 3);
      assertThat(lines(behindProxy))
          .allSatisfy(
              line -> assertThat(line.path("address").textValue()).isEqualTo("203.0.113.9"));
    }
  }

  @Test
  void listsLeaveALineEach() {
    assertThat(broker.get("/clients", caller).statusCode()).isEqualTo(200);
    assertThat(broker.get("/clients/acme/connections", caller).statusCode()).isEqualTo(200);
    assertThat(broker.get("/clients/other/connections", caller).statusCode()).isEqualTo(403);

    assertThat(lines("clients", "listed", 1)).isNotEmpty();
    assertThat(lines("connections", "listed", 1).getFirst().path("client").textValue())
        .isEqualTo("acme");
    assertThat(lines("connections", "forbidden", 1).getFirst().path("client").textValue())
        .isEqualTo("other");
  }

  @Test
  void authorizationsLeaveALineEachBegunOrNot() {
    assertThat(begin("acme", ConnectedSite.RETURN_TO)).isEqualTo(201);
    assertThat(begin("acme", "https://evil.test/")).isEqualTo(400);
    assertThat(begin("other", ConnectedSite.RETURN_TO)).isEqualTo(403);

    assertThat(lines("authorize", "begun", 1).getFirst().path("client").textValue())
        .isEqualTo("acme");
    assertThat(lines("authorize", "refused", 1).getFirst().path("reason").textValue())
        .isEqualTo("return_to");
    assertThat(lines("authorize", "forbidden", 1).getFirst().path("client").textValue())
        .isEqualTo("other");
    assertThat(broker.output()).doesNotContain("evil.test");
  }

  @Test
  void forgedCallbacksAndLinksLeaveOneLineAMinuteOfAKind() {
    try (var browser = new Browser()) {
      var page = browser.get(broker.url("/connect/acme.BAAAAAAAAAAAAAAAAAAAAA")).body();
      assertThat(page)
          .contains(
              "<code>"
                  + lines("visit", "expired", 1).getFirst().path("trace_id").textValue()
                  + "<");
      for (var i = 0; i < 20; i++) {
        browser.get(broker.url("/oauth/callback?state=" + NO_STATE + "&code=c" + i));
        browser.get(broker.url("/oauth/callback?state=forged&code=c" + i));
        browser.get(broker.url("/connect/acme.AAAAAAAAAAAAAAAAAAAAAA"));
      }
    }
    broker.get("/clients", jwt("marker", "x"));
    await().until(() -> !linesOf("marker").isEmpty());
    assertThat(lines("callback", "expired", 1)).hasSize(1);
    assertThat(lines("callback", "malformed", 1)).hasSize(1);
    assertThat(lines("visit", "expired", 1).getFirst().path("address").textValue())
        .isEqualTo("127.0.0.1");
    assertThat(broker.output()).doesNotContain("forged");
  }

  @Test
  void refusedCallersLeaveALineWithIssuerReasonAndAddress() {
    var strange = SITE.issuer().token("orders", Map.of("iss", "https://\u202eevil.test\n"));
    for (var i = 0; i < 20; i++) {
      assertThat(broker.get("/clients", strange).statusCode()).isEqualTo(401);
    }
    assertThat(lines("authentication", "refused", 1))
        .hasSize(1)
        .allSatisfy(
            line -> {
              assertThat(line.path("issuer").textValue()).isEqualTo("unknown");
              assertThat(line.path("reason").textValue()).isEqualTo("unknown_issuer");
              assertThat(line.path("address").textValue()).isEqualTo("127.0.0.1");
              assertThat(line.path("detail").textValue())
                  .startsWith("iss is \"https://\\u202eevil.test\\u000a\", but the configured");
            });
  }

  @Test
  void callersBeyondTheirRateLeaveOneLineAMinuteEach() {
    var greedy = jwt("greedy", "x");
    var refused = 0;
    while (refused < 20) {
      refused += broker.get("/tokens/acme", greedy).statusCode() == 429 ? 1 : 0;
    }
    assertThat(lines("rate_limit", "throttled", 1))
        .hasSize(1)
        .allSatisfy(line -> assertThat(line.path("subject").textValue()).isEqualTo("greedy"));
  }

  private static int begin(String client, String returnTo) {
    return broker
        .post(
            "/clients/" + client + "/authorizations",
            caller,
            "{\"return_to\": \"" + returnTo + "\", \"state\": \"s\"}")
        .statusCode();
  }

  private static String jwt(String subject, String id) {
    return SITE.issuer().token(subject, Map.of("jti", id));
  }

  /** Waits until there are at least this many lines of a kind, and returns them. */
  private static List<JsonNode> lines(String event, String outcome, int least) {
    await().until(() -> matching(event, outcome).size() >= least);
    return matching(event, outcome);
  }

  private static List<JsonNode> matching(String event, String outcome) {
    return lines(broker).stream()
        .filter(line -> line.path("event").asText().equals(event))
        .filter(line -> line.path("outcome").asText().equals(outcome))
        .toList();
  }

  private static List<JsonNode> linesOf(String subject) {
    return lines(broker).stream()
        .filter(line -> line.path("subject").asText().equals(subject))
        .toList();
  }

  private static List<JsonNode> lines(BrokerProcess from) {
    return from.output()
        .lines()
        .filter(line -> line.startsWith("{\"time\""))
        .map(AuditIT::json)
        .toList();
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
  }
}
