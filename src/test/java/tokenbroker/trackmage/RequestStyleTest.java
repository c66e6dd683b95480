package tokenbroker.trackmage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.clients.Client;
import tokenbroker.clients.Upstream;
import tokenbroker.clients.Upstream.RequestStyle;
import tokenbroker.testing.Answer;
import tokenbroker.testing.ScriptedUpstream;
import tokenbroker.testing.UpstreamRequest;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.Fetched;

class RequestStyleTest {

  private static final Answer GET_ONLY =
      exchange ->
          (exchange.request().method().equals("GET")
                  ? Answer.token()
                  : Answer.error("invalid_request"))
              .send(exchange);

  private final ScriptedUpstream upstream = ScriptedUpstream.start();
  private final SourceUnderTest under = SourceUnderTest.patient();

  @AfterEach
  void close() {
    under.close();
    upstream.close();
  }

  @ParameterizedTest
  @EnumSource
  void everyStyleCarriesTheSameParameters(RequestStyle style) {
    assertThat(under.fetch(client(style))).isInstanceOf(Fetched.class);

    var request = upstream.requests().getFirst();
    assertThat(request.path()).isEqualTo("/oauth/v2/token");
    assertThat(request.parameters())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "grant_type", "client_credentials",
                "client_id", "id-of-acme",
                "client_secret", "secret-of-acme +&=%ü",
                "scope", "user"));
    assertThat(request.headers())
        .containsEntry("Accept", "application/json")
        .containsEntry("User-Agent", "trackmage-token-broker");
  }

  @Test
  void onlyTheQueryStylePutsAnythingIntoTheUrl() {
    for (var style : RequestStyle.values()) {
      under.fetch(client(style));
    }
    assertThat(upstream.requests())
        .extracting(UpstreamRequest::method, each -> each.query().isEmpty())
        .containsExactly(tuple("GET", false), tuple("POST", true), tuple("POST", true));
  }

  @Test
  void aBodySaysWhatItIs() {
    under.fetch(client(RequestStyle.FORM));
    under.fetch(client(RequestStyle.JSON));
    assertThat(upstream.requests())
        .extracting(each -> each.headers().get("Content-Type"))
        .containsExactly("application/x-www-form-urlencoded", "application/json");
  }

  @Test
  void noScopeIsAskedForWhereNoneIsConfigured() {
    var production = client(RequestStyle.FORM).upstream();
    under.fetch(SourceUnderTest.client("acme", production, null));
    assertThat(upstream.requests().getFirst().parameters()).doesNotContainKey("scope");
  }

  @Test
  void thePathOfABaseUrlIsKept() {
    under.fetch(SourceUnderTest.client(upstream.url().resolve("/api")));
    assertThat(upstream.requests().getFirst().path()).isEqualTo("/api/oauth/v2/token");
  }

  @Test
  void aRefusedFormFallsBackToTheQueryAndIsNotTriedAgain() {
    upstream.answer(GET_ONLY);

    assertThat(under.fetch(client(RequestStyle.FORM))).isInstanceOf(Fetched.class);
    assertThat(under.fetch(client(RequestStyle.FORM))).isInstanceOf(Fetched.class);

    assertThat(methods()).containsExactly("POST", "GET", "GET");
  }

  @Test
  void status405FallsBackToo() {
    upstream.answer(
        exchange ->
            (exchange.request().method().equals("GET") ? Answer.token() : Answer.html(405))
                .send(exchange));
    assertThat(under.fetch(client(RequestStyle.FORM))).isInstanceOf(Fetched.class);
    assertThat(methods()).containsExactly("POST", "GET");
  }

  @Test
  void aQueryThatIsUnderstoodAndRejectedIsRememberedToo() {
    upstream.answer(
        exchange ->
            Answer.error(
                    exchange.request().method().equals("GET")
                        ? "invalid_client"
                        : "invalid_request")
                .send(exchange));
    for (var turn = 0; turn < 2; turn++) {
      assertThat(under.fetch(client(RequestStyle.FORM)))
          .isEqualTo(new Failed(OAuthError.INVALID_CLIENT));
    }
    assertThat(methods()).containsExactly("POST", "GET", "GET");
  }

  @Test
  void aQueryThatIsNotUnderstoodEitherIsNotRemembered() {
    upstream.answer(Answer.error("invalid_request"));
    for (var turn = 0; turn < 2; turn++) {
      assertThat(under.fetch(client(RequestStyle.FORM)))
          .isEqualTo(new Failed(OAuthError.INVALID_REQUEST));
    }
    assertThat(methods()).containsExactly("POST", "GET", "POST", "GET");
  }

  @Test
  void ifTheQueryStyleIsNotFoundTheAnswerToTheFormCounts() {
    upstream.answer(
        exchange ->
            (exchange.request().method().equals("GET")
                    ? Answer.html(404)
                    : Answer.error("invalid_request"))
                .send(exchange));
    assertThat(under.fetch(client(RequestStyle.FORM)))
        .isEqualTo(new Failed(OAuthError.INVALID_REQUEST));
  }

  @Test
  void anOutageDuringTheFallBackIsAnOutage() {
    upstream.answer(
        exchange ->
            (exchange.request().method().equals("GET") ? Answer.html(503) : Answer.html(405))
                .send(exchange));
    assertThat(under.fetch(client(RequestStyle.FORM))).isEqualTo(new Failed(Outage.HTTP_5XX, null));
  }

  @Test
  void anUpstreamThatTakesFormsAgainIsAskedByFormAgain() {
    upstream.answer(GET_ONLY);
    under.fetch(client(RequestStyle.FORM));
    upstream.answer(
        exchange ->
            (exchange.request().method().equals("GET") ? Answer.html(405) : Answer.token())
                .send(exchange));

    assertThat(under.fetch(client(RequestStyle.FORM))).isInstanceOf(Failed.class);
    assertThat(under.fetch(client(RequestStyle.FORM))).isInstanceOf(Fetched.class);
    assertThat(methods()).containsExactly("POST", "GET", "GET", "POST");
  }

  @Test
  void theFallBackIsRememberedPerUpstreamAndForAllItsClients() {
    upstream.answer(GET_ONLY);
    var first = client(RequestStyle.FORM);
    under.fetch(first);

    under.fetch(SourceUnderTest.client("neighbour", first.upstream(), null));
    assertThat(methods()).containsExactly("POST", "GET", "GET");

    var other = new Upstream("rc", upstream.url(), RequestStyle.FORM, "/oauth/v2/token");
    under.fetch(SourceUnderTest.client("acme", other, null));
    assertThat(methods()).containsExactly("POST", "GET", "GET", "POST", "GET");
  }

  @ParameterizedTest
  @ValueSource(strings = {"QUERY", "JSON"})
  void aChosenStyleNeverFallsBack(RequestStyle style) {
    upstream.answer(Answer.error("invalid_request"));
    assertThat(under.fetch(client(style))).isEqualTo(new Failed(OAuthError.INVALID_REQUEST));
    assertThat(upstream.count()).isEqualTo(1);
  }

  private Client client(RequestStyle style) {
    return SourceUnderTest.client(upstream.url(), style);
  }

  private List<String> methods() {
    return upstream.requests().stream().map(UpstreamRequest::method).toList();
  }
}
