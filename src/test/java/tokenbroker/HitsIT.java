package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.testing.Responses.json;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.OAuthForm;
import tokenbroker.testing.RawConnection;
import tokenbroker.testing.Site;

/**
 * Proves that a request that is answered from memory, before Vert.x sees it, gets the same answer
 * as any other, and that its connection behaves the same.
 */
class HitsIT {

  private static final Duration IDLE = Duration.ofSeconds(1);

  @RegisterExtension
  private static final Site SITE =
      new Site()
          .clients(3)
          .with("broker.callers.rate-limit", "0")
          .with("quarkus.http.idle-timeout", IDLE.toSeconds() + "s")
          .brokers(1);

  private static BrokerProcess broker;

  @BeforeAll
  static void start() {
    broker = SITE.broker(0);
    for (var client : List.of("client-0", "client-1")) {
      assertThat(broker.get("/tokens/" + client, SITE.caller()).statusCode()).isEqualTo(200);
    }
  }

  /** The preference sends the second request to the endpoint behind the hot path. */
  @ParameterizedTest
  @EnumSource
  void theTokenEndpointAnswersAHitAsAnyOtherRequest(OAuthForm form) throws IOException {
    var counted = broker.metric("token_broker_requests_total");
    try (var connection = new RawConnection(broker.port())) {
      var hit = connection.send(post(form, "client-0", "")).answer();
      var other = connection.send(post(form, "client-0", "Prefer: wait=5\r\n")).answer();

      assertThat(hit.status()).isEqualTo(other.status()).isEqualTo(200);
      assertSameFields(hit, other);
      assertThat(without(hit, "expires_in")).isEqualTo(without(other, "expires_in"));
    }
    assertThat(broker.metric("token_broker_requests_total")).isEqualTo(counted + 2);
  }

  /** The same for {@code GET}, field by field. */
  @Test
  void aHitHasTheFieldsOfAnyOtherAnswer() {
    try (var connection = new RawConnection(broker.port())) {
      var hit = connection.send(get("client-0", "")).answer();
      var other = connection.send(get("client-0", "Prefer: wait=5\r\n")).answer();

      assertSameFields(hit, other);
    }
  }

  /** Hits, misses and refusals on one connection, all sent at once. */
  @Test
  void pipelinedRequestsAreAnsweredInTheirOrder() throws IOException {
    try (var connection = new RawConnection(broker.port())) {
      connection.send(
          get("client-0", "")
              + get("client-2", "") // a miss
              + post(OAuthForm.BASIC, "client-1", "")
              + get("nobody", "")
              + post(OAuthForm.POST, "client-0", "")
              + get("client-1", ""));

      var statuses = Stream.generate(connection::answer).limit(6).toList();

      assertThat(statuses)
          .extracting(RawConnection.Answer::status)
          .containsExactly(200, 200, 200, 403, 200, 200);
      assertThat(statuses.stream().map(answer -> answer.headers().get("token-id")))
          .containsExactly(
              tokenId("client-0"),
              tokenId("client-2"),
              tokenId("client-1"),
              null,
              tokenId("client-0"),
              tokenId("client-1"));
    }
  }

  /** The request arrives in two parts, split at each of these places from its end. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 20, 200, 500, 700})
  void aBodyMayArriveInParts(int fromEnd) {
    var text = post(OAuthForm.POST, "client-0", "");
    var split = text.length() - fromEnd;
    try (var connection = new RawConnection(broker.port())) {
      for (var i = 0; i < 3; i++) {
        connection.send(text.substring(0, split));
        broker.get("/tokens/client-1", SITE.caller()); // So both parts are read on their own.
        assertThat(connection.send(text.substring(split)).answer().status()).isEqualTo(200);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Connection: close", "Connection: keep-alive, close"})
  void aConnectionEndsAsItsRequestWants(String field) {
    try (var connection = new RawConnection(broker.port())) {
      connection.send(get("client-0", field + "\r\n"));

      assertThat(connection.answer().status()).isEqualTo(200);
      assertThat(connection.isClosedWithoutAnotherWord()).isTrue();
    }
  }

  @Test
  void aConnectionOfHttp10Ends() {
    try (var connection = new RawConnection(broker.port())) {
      connection.send(get("client-0", "").replace("HTTP/1.1", "HTTP/1.0"));

      assertThat(connection.answer().status()).isEqualTo(200);
      assertThat(connection.isClosedWithoutAnotherWord()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Host: a b", "Host: [::1", "Host: x:99999", "X: y"})
  void aHitNeedsAValidHost(String field) {
    try (var connection = new RawConnection(broker.port())) {
      connection.send(get("client-0", "").replace("Host: x", field));

      assertThat(connection.answer().status()).isEqualTo(400);
    }
  }

  /** The timeout does not see requests that are answered before Vert.x. */
  @Test
  void aConnectionWithHitsIsNotIdle() {
    try (var connection = new RawConnection(broker.port())) {
      var end = System.nanoTime() + IDLE.multipliedBy(3).toNanos();
      while (System.nanoTime() < end) {
        assertThat(connection.send(get("client-0", "")).answer().status()).isEqualTo(200);
      }
      assertThat(connection.isClosedWithoutAnotherWord()).isTrue();
    }
  }

  private static void assertSameFields(RawConnection.Answer hit, RawConnection.Answer other) {
    var fields = new TreeMap<>(hit.headers());
    var expected = new TreeMap<>(other.headers());
    for (var changing : Set.of("content-length")) { // The remaining seconds may lose a digit.
      assertThat(fields.remove(changing)).isNotNull();
      assertThat(expected.remove(changing)).isNotNull();
    }
    assertThat(fields).isEqualTo(expected);
  }

  private static ObjectNode without(RawConnection.Answer answer, String field) throws IOException {
    var body = (ObjectNode) new ObjectMapper().readTree(answer.body());
    assertThat(body.remove(field)).isNotNull();
    return body;
  }

  private static String tokenId(String client) {
    return json(broker.get("/tokens/" + client, SITE.caller())).path("token_id").textValue();
  }

  private static String get(String client, String fields) {
    return "GET /tokens/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s\r\n"
        .formatted(client, SITE.caller(), fields);
  }

  private static String post(OAuthForm form, String client, String fields) {
    var authorization = form.authorization(client, SITE.caller());
    var body = form.body(client, SITE.caller());
    return "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\n%s%sContent-Length: %d\r\n\r\n%s"
        .formatted(
            OAuthForm.MEDIA_TYPE,
            authorization == null ? "" : "Authorization: " + authorization + "\r\n",
            fields,
            body.length(),
            body);
  }
}
