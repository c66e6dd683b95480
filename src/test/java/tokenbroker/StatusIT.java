package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tokenbroker.testing.Responses.assertProblem;
import static tokenbroker.testing.Responses.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Clients;
import tokenbroker.testing.Site;

/** Proves what the status of a replica shows to operators, and that it shows no secret. */
class StatusIT {

  private static final String NO_RULE = "system:serviceaccount:shop:stranger";

  @RegisterExtension private static final Site SITE = new Site().clients(150);

  private static BrokerProcess broker;

  @BeforeAll
  static void start() {
    broker = SITE.start(SITE.settings().with("broker.audit.replica", "broker-a"));
    SITE.start(SITE.settings().with("broker.audit.replica", "broker-b"));
  }

  @Test
  void aClientIsShownWithItsTokenItsCallersAndItsRunway() {
    var token = json(broker.get("/tokens/client-0", SITE.caller()));
    broker.get("/tokens/client-0", SITE.caller());
    var client = client("client-0");

    assertThat(client.path("state").textValue()).isEqualTo("ready");
    assertThat(client.path("token_id")).isEqualTo(token.path("token_id"));
    assertThat(client.path("runway_seconds").longValue()).isPositive();
    assertThat(client.path("runway_share").doubleValue()).isBetween(0.5, 1.0);
    assertThat(client.path("fetches").longValue()).isEqualTo(1);
    assertThat(client.path("requests").longValue()).isEqualTo(2);
    var caller = client.path("callers").path(0);
    assertThat(caller.path("issuer").textValue()).isEqualTo("test");
    assertThat(caller.path("subject").textValue()).isEqualTo(Clients.CALLER);
    assertThat(caller.path("requests").longValue()).isEqualTo(2);
    assertThat(client.path("credentials_version").textValue()).isNotBlank();
    assertThat(client.path("last_failure").isNull()).isTrue();
  }

  @Test
  void aClientThatFailsSaysWhyWhereAndWhatToDo() {
    SITE.upstream().answer("id-1", Answer.error("invalid_client"));
    broker.get("/tokens/client-1", SITE.caller());
    var client = client("client-1");

    assertThat(client.path("state").textValue()).isEqualTo("rejected");
    var failure = client.path("last_failure");
    assertThat(failure.path("reason").textValue()).isEqualTo("invalid_client");
    assertThat(failure.path("meaning").textValue()).contains(SITE.upstream().url().getHost());
    assertThat(failure.path("what_to_do").textValue()).contains("secrets directory");
    assertThat(failure.path("at").textValue()).isNotBlank();
    var list = status("?state=rejected").path("clients");
    assertThat(list.path("matching").intValue()).isEqualTo(1);
    assertThat(list.path("total").intValue()).isEqualTo(150);
    assertThat(list.path("by_state").path("rejected").intValue()).isEqualTo(1);
    assertThat(status("").path("clients").path("list").path(0).path("name").textValue())
        .isEqualTo("client-1");
  }

  @Test
  void aListHasPages() {
    var second = status("?sort=name&page=2").path("clients");
    assertThat(second.path("pages").intValue()).isEqualTo(2);
    assertThat(second.path("list").size()).isEqualTo(50);
    assertThat(status("?page=99").path("clients").path("page").intValue()).isEqualTo(2);
    assertThat(page("/q/status?sort=name").body()).contains("Page 1 of 2 (150 clients)");
    assertThat(page("/q/status?sort=name&q=client-149").body()).contains(">client-149</a>");
  }

  @Test
  void callersThatWereRefusedAreShownWithTheReason() {
    broker.get("/tokens/client-2", SITE.token(NO_RULE));
    broker.get("/tokens/no-such-client", SITE.token(NO_RULE));
    broker.get(
        "/tokens/client-2", SITE.issuer().token(Clients.CALLER, Map.of("aud", "another-service")));
    var refused = status("").path("refused");

    var forbidden = find(refused, "client", "client-2");
    assertThat(forbidden.path("subject").textValue()).isEqualTo(NO_RULE);
    assertThat(forbidden.path("reason").textValue()).isEqualTo("forbidden");
    assertThat(forbidden.path("requests").longValue()).isPositive();
    assertThat(find(refused, "client", "no-such-client").path("reason").textValue())
        .isEqualTo("forbidden");
    assertThat(find(refused, "reason", "audience").path("issuer").textValue()).isEqualTo("test");
    assertThat(status("?client=client-2").path("refused").size()).isEqualTo(1);
  }

  @Test
  void aCallerThatReportsLiveTokensIsNamed() {
    for (var report = 0; report < 6; report++) {
      var token = json(broker.get("/tokens/client-3", SITE.caller()));
      var body = "{\"token_id\":\"" + token.path("token_id").textValue() + "\"}";
      broker.post("/tokens/client-3/invalidate", SITE.caller(), body);
    }
    var misuse = find(status("").path("misuse"), "client", "client-3");
    assertThat(misuse.path("kind").textValue()).isEqualTo("vain_reports");
    assertThat(misuse.path("subject").textValue()).isEqualTo(Clients.CALLER);
    assertThat(misuse.path("vain_reports").longValue()).isEqualTo(5);
    assertThat(broker.metric("token_broker_misuse_callers{kind=\"vain_reports\"")).isEqualTo(1);
  }

  @Test
  void theSurroundingsAreShown() {
    await().until(() -> status("").path("store").path("replicas").size() == 2);
    var status = status("");

    assertThat(status.path("replica").path("name").textValue()).isEqualTo("broker-a");
    assertThat(status.path("store").path("up").booleanValue()).isTrue();
    assertThat(status.path("store").path("latency_millis").isNumber()).isTrue();
    assertThat(
            find(status.path("store").path("replicas"), "name", "broker-b")
                .path("this_one")
                .isBoolean())
        .isTrue();
    var issuer = find(status.path("issuers"), "name", "test");
    assertThat(issuer.path("keys").intValue()).isEqualTo(1);
    assertThat(issuer.path("keys_read_at").textValue()).isNotBlank();
    assertThat(find(status.path("upstreams"), "name", "test").path("clients").intValue())
        .isEqualTo(150);
    assertThat(find(status.path("jobs"), "name", "refresh ahead").path("stalled").booleanValue())
        .isFalse();
    assertThat(
            find(status.path("settings"), "name", "broker.audit.replica")
                .path("source")
                .textValue())
        .isEqualTo("system property");
  }

  @Test
  void noSecretAndNoTokenIsShown() {
    broker.get("/tokens/client-4", SITE.caller());
    for (var path : new String[] {"/q/status", "/q/status.json", "/q/status?client=client-4"}) {
      var shown = page(path).body();
      assertThat(shown).contains("client-4").doesNotContain(Clients.SECRET, "id-4");
      assertThat(SITE.upstream().issuedTokens()).isNotEmpty().noneMatch(shown::contains);
    }
  }

  @Test
  void aMalformedQueryIsRefusedWithWhatIsAllowed() {
    for (var path : new String[] {"/q/status?nonsense=1", "/q/status.json?page=0"}) {
      var refused = page(path);
      assertProblem(refused, 400, "invalid_request");
    }
    assertThat(page("/q/status.json?page=0").body()).contains("from 1 to 999999");
  }

  @Test
  void thePageAllowsNothingFromElsewhere() {
    var headers = page("/q/status").headers();
    assertThat(headers.firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'none'")
        .doesNotContain("unsafe", "http", "*");
    assertThat(headers.firstValue("Cache-Control")).hasValue("no-store");
  }

  @Test
  void itIsNotOnThePortForCallers() {
    assertThat(broker.get("/q/status", SITE.caller()).statusCode()).isEqualTo(404);
  }

  private static JsonNode client(String name) {
    return status("?client=" + name).path("clients").path("list").path(0);
  }

  private static JsonNode status(String query) {
    return json(page("/q/status.json" + query));
  }

  private static HttpResponse<String> page(String path) {
    return broker.send(HttpRequest.newBuilder(broker.managementUrl(path)).build());
  }

  private static JsonNode find(JsonNode list, String field, String value) {
    return StreamSupport.stream(list.spliterator(), false)
        .filter(each -> each.path(field).asText().equals(value))
        .findFirst()
        .orElse(MissingNode.getInstance());
  }
}
