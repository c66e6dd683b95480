package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Browser;
import tokenbroker.testing.ConnectedSite;
import tokenbroker.testing.TrackMageUsers;

/**
 * Proves that a callback takes effect once, even if a browser or a scanner sends it several times
 * to two replicas.
 */
class RepeatedCallbackIT {

  @RegisterExtension private static final ConnectedSite SITE = new ConnectedSite().brokers(2);

  private static BrokerProcess one;
  private static BrokerProcess two;

  @BeforeAll
  static void start() {
    one = SITE.broker(0);
    two = SITE.broker(1);
  }

  @AfterEach
  void heal() {
    SITE.upstream().answer(SITE.users());
  }

  @Test
  void theSameBrowserGetsTheSameRedirectFromEveryReplica() {
    try (var browser = new Browser()) {
      var callback = callback(browser, "code=" + TrackMageUsers.code("alice"));
      var first = browser.get(one.url(callback));
      var exchanges = exchanges();

      assertThat(first.statusCode()).isEqualTo(303);
      for (var replica : List.of(one, two, one)) {
        var again = browser.get(replica.url(callback));
        assertThat(again.statusCode()).isEqualTo(303);
        assertThat(Browser.location(again)).isEqualTo(Browser.location(first));
        assertThat(again.headers().firstValue("Cache-Control")).hasValue("no-store");
      }
      assertThat(exchanges()).isEqualTo(exchanges);
    }
  }

  @Test
  void aUserWhoSaidNoIsToldTheSameAgain() {
    try (var browser = new Browser()) {
      var callback = callback(browser, "error=access_denied");
      var first = Browser.location(browser.get(one.url(callback)));

      assertThat(Browser.query(first)).containsEntry("error", "access_denied");
      assertThat(Browser.location(browser.get(two.url(callback)))).isEqualTo(first);
    }
  }

  @Test
  void theCookieLastsAsLongAsTheOutcome() {
    try (var browser = new Browser()) {
      var back = browser.get(one.url(callback(browser, "code=" + TrackMageUsers.code("bob"))));

      assertThat(back.headers().firstValue("Set-Cookie").orElseThrow()).contains("Max-Age=600");
    }
  }

  @Test
  void anotherBrowserIsNotToldTheOutcome() {
    try (var browser = new Browser();
        var thief = new Browser()) {
      var callback = callback(browser, "code=" + TrackMageUsers.code("carol"));
      browser.get(one.url(callback));
      callback(thief, "code=x");

      assertIsPage(thief.get(one.url(callback)), 400, "This link no longer works");
    }
  }

  @Test
  void twoCallbacksAtOnceExchangeOnceAndGetTheSameRedirect() {
    try (var browser = new Browser()) {
      var callback = callback(browser, "code=" + TrackMageUsers.code("dave"));
      var cookie = browser.cookies(one.url("/"));
      var exchanges = exchanges();
      SITE.upstream().answer(SITE.users().after(Duration.ofSeconds(1)));
      var answers =
          Stream.of(one, two, one, two)
              .map(replica -> sent(replica, "GET", callback, "Cookie", cookie))
              .toList();

      assertThat(answers.stream().map(CompletableFuture::join))
          .allSatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(303))
          .extracting(answer -> Browser.location(answer))
          .containsOnly(Browser.location(answers.getFirst().join()));
      assertThat(exchanges()).isEqualTo(exchanges + 1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HEAD, X-Nothing, nothing, 204",
    "GET, Sec-Purpose, prefetch, 503",
    "GET, Sec-Purpose, prefetch;prerender, 503",
    "GET, Purpose, prefetch, 503",
    "GET, X-Purpose, preview, 503",
    "GET, X-Moz, prefetch, 503",
  })
  void aScannerOrAPrefetchChangesNothing(String method, String header, String value, int status) {
    try (var browser = new Browser()) {
      var link = SITE.address(one, SITE.begin(one, "acme", "s")).getPath();
      var looked = sent(one, method, link, header, value).join();
      assertThat(looked.statusCode()).isEqualTo(status);
      assertThat(looked.headers().firstValue("Set-Cookie")).isEmpty();
      assertThat(looked.headers().firstValue("Location")).isEmpty();

      var consent = Browser.location(browser.get(one.url(link)));
      var callback = callback(consent, "code=" + TrackMageUsers.code("erin"));
      var exchanges = exchanges();
      var cookie = browser.cookies(one.url("/"));
      var ahead = sent(one, method, callback, header, value, "Cookie", cookie).join();
      assertThat(ahead.statusCode()).isEqualTo(status);
      assertThat(ahead.headers().firstValue("Location")).isEmpty();
      assertThat(ahead.headers().firstValue("Cache-Control")).hasValue("no-store");
      assertThat(exchanges()).isEqualTo(exchanges);

      assertThat(browser.get(one.url(callback)).statusCode()).isEqualTo(303);
      assertThat(exchanges()).isEqualTo(exchanges + 1);
    }
  }

  /** Nobody knows whether the upstream has connected the account. Only the service can check. */
  @Test
  void afterAReplicaDiesTheUserLearnsThatTheOutcomeIsUnknown() {
    try (var doomed = SITE.settings().start();
        var browser = new Browser()) {
      var callback = callback(browser, "code=" + TrackMageUsers.code("frank"));
      var exchanges = exchanges();
      SITE.upstream().answer(SITE.users().after(Duration.ofSeconds(1)));
      var lost = sent(doomed, "GET", callback, "Cookie", browser.cookies(one.url("/")));
      await().until(() -> exchanges() == exchanges + 1);
      doomed.kill();
      assertThat(lost).failsWithin(Duration.ofSeconds(30));

      assertIsPage(browser.get(two.url(callback)), 500, "We do not know whether this worked");
      assertThat(exchanges()).isEqualTo(exchanges + 1);
    }
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(
            Answer.error("redirect_uri_mismatch"), "server_error", "redirect_uri_mismatch"),
        Arguments.of(Answer.error("invalid_client"), "server_error", "invalid_client"),
        Arguments.of(Answer.error("a text of its own"), "server_error", "unrecognized"),
        Arguments.of(Answer.token(), "server_error", "no_refresh_token"),
        Arguments.of(Answer.html(200), "server_error", "not_json"),
        Arguments.of(Answer.html(503), "temporarily_unavailable", "http_5xx"),
        Arguments.of(Answer.trickle(), "temporarily_unavailable", "timeout"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void whyAnExchangeFailedIsInTheLogAndTheAuditAndNotInTheBrowser(
      Answer answer, String error, String reason) {
    try (var browser = new Browser()) {
      var traceId = "%032x".formatted(System.nanoTime());
      var begun =
          one.send(
              one.request(
                      "/clients/acme/authorizations",
                      SITE.caller(),
                      "Content-Type",
                      "application/json",
                      "traceparent",
                      "00-" + traceId + "-00f067aa0ba902b7-01")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "{\"return_to\": \"" + ConnectedSite.RETURN_TO + "\", \"state\": \"s\"}"))
                  .build());
      var consent = Browser.location(browser.get(SITE.address(one, begun)));
      SITE.upstream().answer(answer);
      var back = Browser.location(browser.get(one.url(callback(consent, "code=of-nobody"))));

      assertThat(Browser.query(back))
          .containsEntry("error", error)
          .doesNotContainValue(reason.equals(error) ? "" : reason);
      await()
          .untilAsserted(
              () ->
                  assertThat(one.output().lines().filter(line -> line.contains(traceId)))
                      .anyMatch(
                          line ->
                              line.contains("\"event\":\"connect\"")
                                  && line.contains("\"outcome\":\"" + error + "\"")
                                  && line.contains("\"reason\":\"" + reason + "\""))
                      .anyMatch(
                          line ->
                              line.contains("WARN")
                                  && line.contains("client acme: " + reason + " (trace_id")));
      assertThat(one.output()).doesNotContain("a text of its own", "of-nobody");
    }
  }

  @Test
  void aUserWhoSaysNoIsNoWarning() {
    try (var browser = new Browser()) {
      var warnings = one.output().lines().filter(line -> line.contains("WARN")).count();
      browser.get(one.url(callback(browser, "error=access_denied")));

      one.awaitOutput("\"reason\":\"access_denied\"");
      assertThat(one.output().lines().filter(line -> line.contains("WARN")).count())
          .isEqualTo(warnings);
    }
  }

  /** Returns the callback path for a browser that is on TrackMage's consent page. */
  private static String callback(Browser browser, String outcome) {
    return callback(
        Browser.location(browser.get(SITE.address(one, SITE.begin(one, "acme", "s")))), outcome);
  }

  private static String callback(URI consent, String outcome) {
    return "/oauth/callback?state="
        + Objects.requireNonNull(Browser.query(consent).get("state"))
        + "&"
        + outcome;
  }

  private static CompletableFuture<HttpResponse<String>> sent(
      BrokerProcess broker, String method, String path, String... headers) {
    return broker
        .http()
        .sendAsync(
            HttpRequest.newBuilder(broker.url(path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .headers(headers)
                .build(),
            BodyHandlers.ofString());
  }

  private static long exchanges() {
    return SITE.upstream().requests().stream()
        .filter(request -> "authorization_code".equals(request.parameters().get("grant_type")))
        .count();
  }

  private static void assertIsPage(HttpResponse<String> page, int status, String title) {
    assertThat(page.statusCode()).isEqualTo(status);
    assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
    assertThat(page.body()).contains(title).doesNotContain("Nothing was connected");
  }
}
