package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.testing.Responses.assertProblem;
import static tokenbroker.testing.Responses.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Clients;
import tokenbroker.testing.Site;

/** Proves that the list of clients shows a caller its own clients and the state of each. */
class ClientListIT {

  /** A client without credentials that one group of callers may use. */
  private static final String KEYLESS =
      "  keyless: { upstream: test, callers: [ { issuer: test, group: logistics } ] }\n";

  @RegisterExtension private static final Site SITE = new Site().clients(20);

  private static BrokerProcess broker;

  @BeforeAll
  static void start() throws IOException {
    SITE.files().clients(Files.readString(SITE.files().clients()) + KEYLESS);
    broker = SITE.start(SITE.settings());
  }

  @Test
  void theListOfClientsTellsHowTheyFareAndNoSecrets() {
    var token = json(broker.get("/tokens/client-0", SITE.caller()));
    SITE.upstream().answer("id-1", Answer.error("invalid_client"));
    broker.get("/tokens/client-1", SITE.caller());
    var list = broker.get("/clients?limit=1000", SITE.caller());

    var ready = entry(list, "client-0");
    assertThat(ready.path("state").textValue()).isEqualTo("ready");
    assertThat(ready.path("token_id")).isEqualTo(token.path("token_id"));
    assertThat(ready.path("expires_at").textValue()).isNotNull();
    var rejected = entry(list, "client-1");
    assertThat(rejected.path("state").textValue()).isEqualTo("rejected");
    assertThat(rejected.path("last_failure").path("reason").textValue())
        .isEqualTo("invalid_client");
    assertThat(entry(list, "keyless").isMissingNode()).isTrue();
    assertThat(list.body()).doesNotContain(token.path("access_token").textValue());
    assertThat(list.body()).doesNotContain(Clients.SECRET);
    assertThat(SITE.upstream().issuedTokens()).noneMatch(list.body()::contains);
  }

  @Test
  void theListOfClientsIsReadPageByPage() {
    var names = new ArrayList<String>();
    var cursor = "";
    do {
      var page = json(broker.get("/clients?limit=7" + cursor, SITE.caller()));
      assertThat(page.path("clients").size()).isBetween(1, 7);
      page.path("clients").forEach(it -> names.add(it.path("name").textValue()));
      cursor = page.path("next").isNull() ? "" : "&cursor=" + page.path("next").textValue();
    } while (!cursor.isEmpty());

    var all = new ArrayList<String>();
    json(broker.get("/clients?limit=1000", SITE.caller()))
        .path("clients")
        .forEach(it -> all.add(it.path("name").textValue()));
    assertThat(names).hasSizeGreaterThan(7).isSorted().isEqualTo(all);
    for (var bad : List.of("limit=0", "limit=1001", "limit=x", "limit=1&limit=1", "cursor=-")) {
      assertProblem(broker.get("/clients?" + bad, SITE.caller()), 400, "invalid_request");
    }
  }

  @Test
  void theListOfClientsTellsWhatIsWrongWithTheirSecrets() {
    var logistics = SITE.issuer().token("anna", Map.of("groups", List.of("logistics")));
    var keyless = entry(broker.get("/clients", logistics), "keyless");

    assertThat(keyless.path("state").textValue()).isEqualTo("failing");
    assertThat(keyless.path("last_failure").path("reason").textValue())
        .isEqualTo("credentials_missing");
    assertProblem(broker.get("/tokens/keyless", logistics), 503, "upstream_unavailable");
  }

  private static JsonNode entry(HttpResponse<String> list, String client) {
    for (var entry : json(list).path("clients")) {
      if (entry.path("name").textValue().equals(client)) {
        return entry;
      }
    }
    return MissingNode.getInstance();
  }
}
