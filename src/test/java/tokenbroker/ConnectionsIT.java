package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tokenbroker.testing.ConnectedSite.RETURN_TO;
import static tokenbroker.testing.Responses.json;

import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Browser;
import tokenbroker.testing.Clients;
import tokenbroker.testing.ConnectedSite;
import tokenbroker.testing.TrackMageUsers;

/**
 * Proves that users can connect their accounts, with two packaged brokers, a persistent Redis and
 * an upstream.
 */
class ConnectionsIT {

  private static final Duration SHORT = Duration.ofSeconds(4);

  @RegisterExtension private static final ConnectedSite SITE = new ConnectedSite().brokers(2);

  private static BrokerProcess one;
  private static BrokerProcess two;

  @BeforeAll
  static void start() {
    one = SITE.broker(0);
    two = SITE.broker(1);
  }

  @BeforeEach
  void asUsual() {
    SITE.users().givesTokensFor(Duration.ofHours(1)).losesAnswers(0);
  }

  @ParameterizedTest
  @CsvSource({"acme, /oauth/v2/token", "bolt, /oauth/v2/auth"})
  void aUserConnectsAndEveryReplicaServesThatUsersToken(String client, String exchangePath) {
    var connection = SITE.connection(one, client, "alice");
    var first = SITE.token(one, client, connection);
    var second = SITE.token(two, client, connection);

    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(json(first).path("access_token").textValue()).startsWith("tm.alice.");
    assertThat(json(first).path("user_email").textValue()).isEqualTo("alice@example.test");
    assertThat(json(second).path("token_id")).isEqualTo(json(first).path("token_id"));
    assertThat(first.headers().firstValue("Cache-Control")).hasValue("no-store");
    var exchange =
        SITE.upstream().requests().stream()
            .filter(it -> "authorization_code".equals(it.parameters().get("grant_type")))
            .filter(it -> it.clientId().equals("id-" + client))
            .findFirst()
            .orElseThrow();
    assertThat(exchange.path()).isEqualTo(exchangePath);
    assertThat(exchange.parameters())
        .containsEntry("redirect_uri", "http://127.0.0.1:1/oauth/callback");
    assertThat(exchange.body().startsWith("{")).isEqualTo(client.equals("bolt"));
  }

  @Test
  void theBrowserIsSentToTheConsentPageWithAProofAndBoundByACookie() {
    try (var browser = new Browser()) {
      var sent = browser.get(SITE.address(one, SITE.begin(one, "acme", "s")));
      var consent = Browser.query(Browser.location(sent));

      assertThat(sent.statusCode()).isEqualTo(302);
      assertThat(Browser.location(sent).toString())
          .startsWith(SITE.upstream().url() + "/oauth/v2/auth?");
      assertThat(consent)
          .containsEntry("response_type", "code")
          .containsEntry("client_id", "id-acme")
          .containsEntry("code_challenge_method", "S256")
          .doesNotContainKey("client_secret");
      assertThat(consent.get("code_challenge")).hasSize(43);
      assertThat(sent.headers().firstValue("Set-Cookie").orElseThrow())
          .contains("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600")
          .doesNotContain("Secure");
      assertThat(sent.headers().firstValue("Cache-Control")).hasValue("no-store");
      assertThat(sent.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
    }
  }

  @Test
  void theBrowserComesBackWithAResultAndTheCallersStateAndNoConnection() {
    var connection = SITE.connection(one, "acme", "alice");
    var back = SITE.connect(one, "acme", "alice");

    assertThat(back.toString())
        .startsWith(RETURN_TO + "&result=")
        .doesNotContain(connection, "connection=");
    assertThat(Browser.query(back)).containsEntry("state", "s");
  }

  @Test
  void aDenialComesBackAsSuchAndStoresNothing() {
    var before = list("acme").size();
    assertThat(Browser.query(refused("access_denied"))).containsEntry("error", "access_denied");
    assertThat(Browser.query(refused("a_new_kind_of_error")))
        .containsEntry("error", "server_error");
    assertThat(list("acme")).hasSize(before);
  }

  @Test
  void aUserWhoConnectsTwiceHasOneConnectionWithTheNewestTokens() {
    var first = SITE.connection(one, "acme", "bob");
    var before = json(SITE.token(two, "acme", first)).path("token_id").textValue();
    var second = SITE.connection(two, "acme", "bob");

    assertThat(second).isEqualTo(first);
    await()
        .untilAsserted(
            () -> {
              var now = json(SITE.token(one, "acme", first)).path("token_id").textValue();
              assertThat(now).isNotEqualTo(before);
              assertThat(json(SITE.token(two, "acme", first)).path("token_id").textValue())
                  .isEqualTo(now);
            });
  }

  @Test
  void twoUsersAndTwoClientsNeverMix() {
    var carol = SITE.connection(one, "acme", "carol");
    var dave = SITE.connection(one, "acme", "dave");
    var carolElsewhere = SITE.connection(one, "bolt", "carol");

    assertThat(new HashSet<>(List.of(carol, dave, carolElsewhere))).hasSize(3);
    assertThat(json(SITE.token(two, "acme", carol)).path("user_id").textValue())
        .isEqualTo("id-of-carol");
    assertThat(json(SITE.token(two, "acme", dave)).path("user_id").textValue())
        .isEqualTo("id-of-dave");
    assertThat(SITE.token(one, "bolt", carol).statusCode()).isEqualTo(404);
    assertThat(SITE.token(one, "other", carol).statusCode()).isEqualTo(403);
    assertThat(SITE.delete(one, "bolt", carol).statusCode()).isEqualTo(404);
    assertThat(SITE.token(one, "acme", carol).statusCode()).isEqualTo(200);
  }

  @Test
  void whatIsDeletedIsForgottenByEveryReplica() {
    var connection = SITE.connection(one, "acme", "erin");
    SITE.token(two, "acme", connection);

    assertThat(SITE.delete(one, "acme", connection).statusCode()).isEqualTo(204);
    await().until(() -> SITE.token(two, "acme", connection).statusCode() == 404);
    assertThat(SITE.token(one, "acme", connection).statusCode()).isEqualTo(404);
    assertThat(SITE.delete(one, "acme", connection).statusCode()).isEqualTo(404);
    assertThat(list("acme")).extracting(it -> it).doesNotContain(connection);
  }

  @Test
  void aHundredCallsToTwoReplicasRenewOnce() {
    SITE.users().givesTokensFor(SHORT);
    var connection = SITE.connection(one, "acme", "frank");
    await().until(() -> !isNearby(connection));
    SITE.users().givesTokensFor(Duration.ofHours(1));
    var before = SITE.renewals();
    var calls = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    for (var i = 0; i < 100; i++) {
      calls.add(
          (i % 2 == 0 ? one : two)
              .sendAsync("/tokens/acme/connections/" + connection, SITE.caller()));
    }
    var answers = calls.stream().map(CompletableFuture::join).toList();

    assertThat(answers).allMatch(answer -> answer.statusCode() == 200);
    assertThat(answers.stream().map(it -> json(it).path("token_id").textValue()).distinct())
        .hasSize(1);
    assertThat(SITE.renewals() - before).isOne();
  }

  /**
   * Returns whether the token is still in Redis. Sends the broker no request, so that the unused
   * token expires.
   */
  private static boolean isNearby(String connection) {
    return !SITE.redis()
        .command("EXISTS token-broker:{acme}:connection:" + connection + ":token")
        .equals(":0");
  }

  @Test
  void aTokenInUseIsRenewedBeforeItEnds() {
    SITE.users().givesTokensFor(SHORT);
    var connection = SITE.connection(one, "acme", "grace");
    var before = SITE.renewals();
    await()
        .until(
            () -> {
              assertThat(SITE.token(one, "acme", connection).statusCode()).isEqualTo(200);
              return SITE.renewals() >= before + 2;
            });
    assertThat(
            one.metric(
                "token_broker_connection_refresh_total{client=\"acme\",result=\"ok\",trigger=\"ahead\"}"))
        .isPositive();
  }

  @Test
  void withADeadRefreshTokenTheLiveTokenIsServedThenTheUserMustComeAgain() {
    SITE.users().givesTokensFor(Duration.ofSeconds(8));
    var connection = SITE.connection(one, "acme", "heidi");
    SITE.users().revoke("heidi");
    assertThat(SITE.token(one, "acme", connection).statusCode()).isEqualTo(200);
    await().until(() -> SITE.token(one, "acme", connection).statusCode() != 200);
    var refused = SITE.token(two, "acme", connection);

    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(json(refused).path("code").textValue()).isEqualTo("reconnect_required");
    assertThat(state("acme", connection)).isEqualTo("reconnect_required");
    await()
        .until(
            () ->
                one.metric("token_broker_connections{client=\"acme\",state=\"reconnect_required\"}")
                    >= 1);
    assertThat(
            one.metric("token_broker_connections_ended_total")
                + two.metric("token_broker_connections_ended_total"))
        .isPositive();

    SITE.users().givesTokensFor(Duration.ofHours(1));
    assertThat(SITE.connection(two, "acme", "heidi")).isEqualTo(connection);
    await().until(() -> SITE.token(one, "acme", connection).statusCode() == 200);
    assertThat(state("acme", connection)).isEqualTo("active");
  }

  @Test
  void aReportedTokenOfAUserIsReplaced() {
    var connection = SITE.connection(one, "acme", "ivan");
    var dead = json(SITE.token(one, "acme", connection)).path("token_id").textValue();
    var path = "/tokens/acme/connections/" + connection + "/invalidate";
    var replaced = one.post(path, SITE.caller(), "{\"token_id\": \"" + dead + "\"}");

    assertThat(replaced.statusCode()).isEqualTo(200);
    assertThat(json(replaced).path("replaced").booleanValue()).isTrue();
    assertThat(json(replaced).path("token_id").textValue()).isNotEqualTo(dead);
    await()
        .until(
            () ->
                json(SITE.token(two, "acme", connection))
                    .path("token_id")
                    .equals(json(replaced).path("token_id")));
  }

  @Test
  void connectionsAreListedPageByPage() {
    var connected =
        IntStream.range(0, 5).mapToObj(i -> SITE.connection(one, "bolt", "user-" + i)).toList();
    var listed = new ArrayList<String>();
    var cursor = "";
    do {
      var page = json(one.get("/clients/bolt/connections?limit=2" + cursor, SITE.caller()));
      assertThat(page.path("connections").size()).isBetween(1, 2);
      page.path("connections").forEach(it -> listed.add(it.path("id").textValue()));
      cursor = page.path("next").isNull() ? "" : "&cursor=" + page.path("next").textValue();
    } while (!cursor.isEmpty());

    assertThat(listed).containsAll(connected).doesNotHaveDuplicates().isSorted();
    assertThat(one.get("/clients/bolt/connections?cursor=x", SITE.caller()).statusCode())
        .isEqualTo(400);
    assertThat(one.get("/clients/bolt/connections?limit=0", SITE.caller()).statusCode())
        .isEqualTo(400);
    assertThat(one.get("/clients/other/connections", SITE.caller()).statusCode()).isEqualTo(403);
  }

  @Test
  void onlyAnAddressOfTheClientsListIsReturnedTo() {
    for (var returnTo :
        List.of(
            "https://shop.example/connected",
            RETURN_TO + "&x=1",
            RETURN_TO.replace("shop", "SHOP"),
            "https://evil.example/",
            "")) {
      var answer =
          one.post(
              "/clients/acme/authorizations",
              SITE.caller(),
              "{\"return_to\": \"" + returnTo + "\", \"state\": \"s\"}");
      assertThat(answer.statusCode()).as(returnTo).isEqualTo(400);
      assertThat(answer.body()).doesNotContain("evil");
    }
    assertThat(begun("closed", "s")).isEqualTo(400);
  }

  /**
   * The state becomes part of a URL and ties the response to a session. Therefore it is required.
   */
  @ParameterizedTest
  @ValueSource(strings = {"", "\\u0000", "caf\u00e9", "a\\nb", "\u202e"})
  void aStateIsPrintable(String state) {
    assertThat(begun("acme", state)).isEqualTo(400);
  }

  @Test
  void aStateIsNeededAndIsNotLong() {
    var without =
        one.post(
            "/clients/acme/authorizations",
            SITE.caller(),
            "{\"return_to\": \"" + RETURN_TO + "\"}");
    assertThat(without.statusCode()).isEqualTo(400);
    assertThat(begun("acme", "x".repeat(513))).isEqualTo(400);
    assertThat(begun("acme", "~ ".repeat(256))).isEqualTo(201);
  }

  private static int begun(String client, String state) {
    return SITE.begin(one, client, state).statusCode();
  }

  @Test
  void theAuditSaysWhoConnectedAndWhoRevoked() {
    var connection = SITE.connection(one, "acme", "judy");
    SITE.delete(one, "acme", connection);

    await()
        .untilAsserted(
            () ->
                assertThat(one.output().lines().filter(line -> line.contains(connection)))
                    .anyMatch(
                        line ->
                            line.contains("\"event\":\"redeem\"") && line.contains(Clients.CALLER))
                    .anyMatch(line -> line.contains("\"event\":\"revoke\"")));
  }

  @Test
  void noCodeAndNoTokenIsEverLogged() {
    var connection = SITE.connection(one, "acme", "mallory");
    SITE.token(one, "acme", connection);

    for (var broker : List.of(one, two)) {
      assertThat(SITE.outputOf(broker))
          .doesNotContain(TrackMageUsers.code("mallory"), "refresh.", "tm.mallory", "secret-of-");
    }
  }

  private static URI refused(String error) {
    try (var browser = new Browser()) {
      var consent = Browser.location(browser.get(SITE.address(one, SITE.begin(one, "acme", "s"))));
      return Browser.location(
          browser.get(
              one.url(
                  "/oauth/callback?state="
                      + Browser.query(consent).get("state")
                      + "&error="
                      + error
                      + "&error_description=No")));
    }
  }

  private static List<String> list(String client) {
    var ids = new ArrayList<String>();
    json(one.get("/clients/" + client + "/connections?limit=500", SITE.caller()))
        .path("connections")
        .forEach(it -> ids.add(it.path("id").textValue()));
    return ids;
  }

  private static String state(String client, String connection) {
    for (var it :
        json(one.get("/clients/" + client + "/connections?limit=500", SITE.caller()))
            .path("connections")) {
      if (it.path("id").textValue().equals(connection)) {
        return it.path("state").textValue();
      }
    }
    return "absent";
  }
}
