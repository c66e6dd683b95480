package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tokenbroker.testing.Responses.json;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.ConnectedSite;

/** Proves that connections survive killed processes, cut connections and lost responses. */
class ConnectionLossIT {

  private static final Duration LIFETIME = Duration.ofSeconds(4);
  private static final Duration LONG = Duration.ofMinutes(1);

  @RegisterExtension private final ConnectedSite site = new ConnectedSite().brokers(2);

  private BrokerProcess one;
  private BrokerProcess two;

  @BeforeEach
  void start() {
    one = site.broker(0);
    two = site.broker(1);
  }

  @Test
  void aConnectionThatWasToldOfOutlivesItsBrokerAndRedis() {
    var connection = site.connection(one, "acme", "alice");
    one.kill();
    site.redis().stop();
    site.redis().restart();

    await()
        .atMost(LONG)
        .untilAsserted(
            () -> {
              var token = site.token(two, "acme", connection);
              assertThat(token.statusCode()).isEqualTo(200);
              assertThat(json(token).path("user_id").textValue()).isEqualTo("id-of-alice");
            });
    assertThat(site.isReplaced(two, "acme", connection)).isTrue();
  }

  /**
   * The new refresh token cannot be stored yet. It must not be lost, and its access token must not
   * be served.
   */
  @Test
  void aRenewalThatRedisCouldNotTakeIsStoredWhenItCanBe() {
    site.users().givesTokensFor(LIFETIME);
    var connection = site.connection(one, "acme", "bob");
    awaitEnd(connection);
    site.users().givesTokensFor(Duration.ofHours(1));
    site.upstream().hold();
    var before = site.renewals();
    var call = one.sendAsync("/tokens/acme/connections/" + connection, site.caller());
    await().until(() -> site.renewals() > before);
    site.redis().stop();
    site.upstream().release();

    assertThat(call.join().statusCode()).isEqualTo(503);
    site.redis().restart();
    await().atMost(LONG).until(() -> site.token(one, "acme", connection).statusCode() == 200);
    await().atMost(LONG).until(() -> site.token(two, "acme", connection).statusCode() == 200);
    assertThat(site.refreshTokens()).doesNotHaveDuplicates();
  }

  @Test
  void anAnswerThatWasLostIsAskedForOnceMore() {
    site.users().forgives();
    var connection = site.connection(one, "acme", "carol");
    site.users().losesAnswers(1);

    assertThat(site.isReplaced(one, "acme", connection)).isTrue();
    assertThat(site.token(two, "acme", connection).statusCode()).isEqualTo(200);
  }

  @Test
  void withoutAGracePeriodALostAnswerMakesTheUserConnectAgain() {
    site.users().givesTokensFor(LIFETIME);
    var connection = site.connection(one, "acme", "dave");
    awaitEnd(connection);
    var before = site.renewals();
    site.users().losesAnswers(1);

    assertThat(site.token(one, "acme", connection).statusCode()).isEqualTo(409);
    assertThat(site.token(two, "acme", connection).statusCode()).isEqualTo(409);
    assertThat(site.renewals() - before).isEqualTo(2);
    assertThat(one.metric("token_broker_connections_ended_total{client=\"acme\"}")).isOne();
  }

  /**
   * An upstream that responds after every caller has given up has still used up the refresh token.
   */
  @Test
  void anAnswerThatComesTooLateForItsCallerStillRenewsTheConnection() {
    site.users().givesTokensFor(LIFETIME);
    var connection = site.connection(one, "acme", "grace");
    awaitEnd(connection);
    site.users().givesTokensFor(Duration.ofHours(1));
    site.upstream().hold();
    var before = site.renewals();

    assertThat(site.token(one, "acme", connection).statusCode()).isEqualTo(504);
    site.upstream().release();
    await().atMost(LONG).until(() -> site.token(two, "acme", connection).statusCode() == 200);
    assertThat(site.token(one, "acme", connection).statusCode()).isEqualTo(200);
    assertThat(site.renewals() - before).isOne();
  }

  /**
   * An upstream that revokes a connection when its refresh token is reused would end the
   * connection.
   */
  @Test
  void whileARenewalIsUnderWayNoOtherReplicaUsesItsRefreshToken() {
    site.users().givesTokensFor(LIFETIME);
    var connection = site.connection(one, "acme", "heidi");
    awaitEnd(connection);
    site.users().givesTokensFor(Duration.ofHours(1));
    site.upstream().hold();
    var before = site.renewals();

    assertThat(site.token(one, "acme", connection).statusCode()).isEqualTo(504);
    assertThat(site.token(two, "acme", connection).statusCode()).isIn(503, 504);
    assertThat(site.token(two, "acme", connection).statusCode()).isIn(503, 504);
    assertThat(site.renewals() - before).isOne();
    site.upstream().release();
    await().atMost(LONG).until(() -> site.token(two, "acme", connection).statusCode() == 200);
    assertThat(site.renewals() - before).isOne();
  }

  /**
   * Its claim expires, and the other replica's refresh token is rejected as used. The replica that
   * wakes up has the new one.
   */
  @Test
  void aReplicaThatSleptInMidRenewalBringsTheConnectionBack() {
    one.close();
    two.close();
    var impatient =
        site.settings()
            .with("broker.upstream.timeout", "500ms")
            .with("broker.upstream.connect-timeout", "500ms");
    one = site.start(impatient);
    two = site.start(impatient);
    site.users().givesTokensFor(LIFETIME);
    var connection = site.connection(one, "acme", "erin");
    awaitEnd(connection);
    site.users().givesTokensFor(Duration.ofHours(1));
    site.upstream().hold();
    var before = site.renewals();
    var call = one.sendAsync("/tokens/acme/connections/" + connection, site.caller());
    await().until(() -> site.renewals() > before);
    one.pause();
    site.upstream().release();
    await().atMost(LONG).until(() -> site.token(two, "acme", connection).statusCode() == 409);
    one.resume();
    call.join();

    await().atMost(LONG).until(() -> site.token(two, "acme", connection).statusCode() == 200);
    await().atMost(LONG).until(() -> site.token(one, "acme", connection).statusCode() == 200);
  }

  @Test
  void withoutRedisTheLiveTokenIsServedAndTheRestSaysSo() {
    var connection = site.connection(one, "acme", "frank");
    site.redis().stop();

    assertThat(site.token(one, "acme", connection).statusCode()).isEqualTo(200);
    var begun = site.begin(one, "acme", "s");
    assertThat(begun.statusCode()).isEqualTo(503);
    assertThat(json(begun).path("code").textValue()).isEqualTo("store_unavailable");
    assertThat(begun.headers().firstValue("Retry-After")).isPresent();
    assertThat(site.redeem(one, "acme", "A".repeat(22), "s").statusCode()).isEqualTo(503);
    assertThat(site.token(two, "acme", connection).statusCode()).isEqualTo(503);
    assertThat(site.delete(two, "acme", connection).statusCode()).isEqualTo(503);
  }

  /**
   * Waits until the token, unused for its whole lifetime, has expired in the store and in every
   * process.
   */
  private void awaitEnd(String connection) {
    await()
        .atMost(LONG)
        .until(
            () ->
                site.redis()
                    .command("EXISTS token-broker:{acme}:connection:" + connection + ":token")
                    .equals(":0"));
  }
}
