package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.testing.Responses.json;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Browser;
import tokenbroker.testing.ConnectedSite;
import tokenbroker.testing.TrackMageUsers;

/**
 * Proves that a user of a service cannot take over another user's TrackMage account. The service is
 * as careless as possible: it redeems any result that a browser brings, with the state of its own
 * session.
 */
class TakeoverIT {

  @RegisterExtension private static final ConnectedSite SITE = new ConnectedSite().brokers(2);

  private static BrokerProcess one;
  private static BrokerProcess two;

  @BeforeAll
  static void start() {
    one = SITE.broker(0);
    two = SITE.broker(1);
  }

  /**
   * The attacker connects the attacker's own account and plants the result in the victim's browser.
   */
  @Test
  void aPlantedResultConnectsNothing() {
    var before = connections("acme");
    var attackersResult = result("state-of-attacker", "attacker");

    assertRefused(redeem("acme", attackersResult, "state-of-victim"));
    assertThat(connections("acme")).isEqualTo(before);
    assertThat(redeem("acme", attackersResult, "state-of-attacker").statusCode()).isEqualTo(200);
  }

  /** The attacker makes the victim follow the attacker's link and consent. */
  @Test
  void aVictimWhoFollowsTheAttackersAddressConnectsNothing() {
    var before = connections("acme");
    var victimsResult = result("state-of-attacker", "victim");

    // The result reaches the victim's browser, whose session has another state.
    assertRefused(redeem("acme", victimsResult, "state-of-victim"));
    assertThat(connections("acme")).isEqualTo(before);
  }

  @Test
  void aResultIsRedeemedOnceByOneReplica() {
    var result = result("s", "bob");
    var calls = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    for (var i = 0; i < 10; i++) {
      var replica = i % 2 == 0 ? one : two;
      calls.add(CompletableFuture.supplyAsync(() -> SITE.redeem(replica, "acme", result, "s")));
    }
    var answers = calls.stream().map(CompletableFuture::join).toList();

    assertThat(answers).filteredOn(answer -> answer.statusCode() == 200).hasSize(1);
    answers.stream().filter(answer -> answer.statusCode() != 200).forEach(this::assertRefused);
  }

  @Test
  void aResultIsWorthNothingToAnotherClientAndToAnotherCaller() {
    var result = result("s", "carol");
    var stranger = SITE.issuer().token("system:serviceaccount:other:one");
    var body = "{\"result\": \"" + result + "\", \"state\": \"s\"}";

    assertRefused(redeem("bolt", result, "s"));
    assertThat(one.post("/clients/acme/authorizations/redeem", stranger, body).statusCode())
        .isEqualTo(403);
    assertRefused(one.post("/clients/other/authorizations/redeem", stranger, body));
    assertThat(one.post("/clients/acme/authorizations/redeem", "none", body).statusCode())
        .isEqualTo(401);

    var redeemed = redeem("acme", result, "s");
    assertThat(redeemed.statusCode()).isEqualTo(200);
    assertThat(json(redeemed).path("user_id").textValue()).isEqualTo("id-of-carol");
    assertThat(json(redeemed).path("user_email").textValue()).isEqualTo("carol@example.test");
    assertThat(json(redeemed)).hasSize(3);
    assertThat(redeemed.headers().firstValue("Cache-Control")).hasValue("no-store");
  }

  @Test
  void aLateResultIsRefused() {
    var result = result("s", "dave");
    var end =
        "local kept = redis.call('KEYS', '*:result:*')"
            + " for _, key in ipairs(kept) do redis.call('PEXPIRE', key, 0) end return #kept";
    assertThat(SITE.redis().command("EVAL \"" + end + "\" 0")).isNotEqualTo(":0");

    assertRefused(redeem("acme", result, "s"));
  }

  @Test
  void aResultThatIsNeverRedeemedLeavesNothing() {
    var before = connections("acme");
    result("s", "erin");
    assertThat(connections("acme")).isEqualTo(before);

    var connection = SITE.connection(one, "acme", "erin");
    result("s", "erin");
    assertThat(SITE.token(two, "acme", connection).statusCode()).isEqualTo(200);
  }

  /** An earlier version derived the id from the user. */
  @Test
  void theIdOfAConnectionIsNotMadeOfTheUser() {
    var connection = SITE.connection(one, "acme", "frank");
    SITE.delete(one, "acme", connection);

    assertThat(SITE.connection(two, "acme", "frank")).isNotEqualTo(connection);
  }

  @Test
  void noResultIsEverLogged() {
    var result = result("s", "grace");
    redeem("acme", result, "another");
    redeem("acme", result, "s");

    assertThat(SITE.outputOf(one))
        .contains("\"outcome\":\"invalid_result\"")
        .doesNotContain(result);
  }

  private void assertRefused(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).path("code").textValue()).isEqualTo("invalid_result");
    assertThat(withoutTrace(answer)).isEqualTo(withoutTrace(redeem("acme", "A".repeat(22), "s")));
  }

  private static String withoutTrace(HttpResponse<String> answer) {
    return answer.body().replaceAll("\"trace_id\":\"\\w+\"", "");
  }

  /** Returns the code that this user's browser takes to the service. */
  private static String result(String state, String user) {
    try (var browser = new Browser()) {
      var begun = SITE.begin(one, "acme", state);
      var consent = Browser.location(browser.get(SITE.address(one, begun)));
      var callback =
          "/oauth/callback?state="
              + Browser.query(consent).get("state")
              + "&code="
              + TrackMageUsers.code(user);
      var back = Browser.query(Browser.location(browser.get(one.url(callback))));
      assertThat(back).containsEntry("state", state).containsOnlyKeys("from", "result", "state");
      return Objects.requireNonNull(back.get("result"));
    }
  }

  private static HttpResponse<String> redeem(String client, String result, String state) {
    return SITE.redeem(one, client, result, state);
  }

  private static List<String> connections(String client) {
    var ids = new ArrayList<String>();
    json(one.get("/clients/" + client + "/connections?limit=500", SITE.caller()))
        .path("connections")
        .forEach(it -> ids.add(it.path("id").textValue()));
    return ids;
  }
}
