package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.testing.Responses.assertProblem;

import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Site;

/**
 * Proves that a malformed request, or one that breaks the rules of HTTP, gets a problem response.
 */
class InvalidRequestsIT {

  @RegisterExtension private static final Site SITE = new Site().clients(1).brokers(1);

  private static BrokerProcess broker;

  @BeforeAll
  static void start() {
    broker = SITE.broker(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/tokens/UPPER",
        "/tokens/-acme",
        "/tokens/a%20b",
        "/tokens/client-0?min_ttl=",
        "/tokens/client-0?min_ttl=-1",
        "/tokens/client-0?min_ttl=1e3",
        "/tokens/client-0?min_ttl=86401",
        "/tokens/client-0?min_ttl=99999999999999999999",
        "/tokens/client-0?min_ttl=1&min_ttl=2"
      })
  void malformedRequestsAreInvalid(String path) {
    assertProblem(broker.get(path, SITE.caller()), 400, "invalid_request");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"token_id\": 7}",
        "{\"token_id\": \"short\"}",
        "{\"token_id\": \"AAAAAAAAAAAAAAAAAAAAAA\", \"more\": 1}",
        "{\"token_id\"",
        "\u0000"
      })
  void malformedReportsAreInvalid(String body) {
    assertProblem(
        broker.post("/tokens/client-0/invalidate", SITE.caller(), body), 400, "invalid_request");
  }

  @Test
  void whatHttpRefusesIsAProblemToo() {
    var jwt = SITE.caller();
    assertProblem(broker.get("/nowhere", jwt), 404, "not_found");
    assertProblem(broker.get("/", jwt), 404, "not_found");
    assertProblem(broker.get("/tokens/client-0/nowhere", jwt), 404, "not_found");
    assertProblem(
        broker.get("/tokens/client-0", jwt, "Accept", "image/png"), 406, "not_acceptable");
    var put = broker.request("/tokens/client-0", jwt).PUT(BodyPublishers.ofString("x")).build();
    assertProblem(broker.send(put), 405, "method_not_allowed");
    assertThat(broker.send(put).headers().firstValue("Allow").orElse("")).contains("GET");
    var form =
        broker
            .request("/tokens/client-0/invalidate", jwt, "Content-Type", "text/plain")
            .POST(BodyPublishers.ofString("token_id"))
            .build();
    assertProblem(broker.send(form), 415, "unsupported_media_type");
    var large = "{\"token_id\": \"" + "x".repeat(9000) + "\"}";
    assertProblem(broker.post("/tokens/client-0/invalidate", jwt, large), 413, "invalid_request");
    var ofUnknownLength =
        broker
            .request("/tokens/client-0/invalidate", jwt, "Content-Type", "application/json")
            .POST(BodyPublishers.fromPublisher(BodyPublishers.ofString(large)))
            .build();
    assertProblem(broker.send(ofUnknownLength), 413, "invalid_request");
  }
}
