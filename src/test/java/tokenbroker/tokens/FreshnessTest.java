package tokenbroker.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenbroker.clients.ClientName;
import tokenbroker.testing.TestConfig;

class FreshnessTest {

  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  /**
   * Lifetime, usable for, earliest renewal, latest renewal: in seconds, with the default settings.
   */
  @ParameterizedTest
  @CsvSource({
    "3600, 3570, 2268, 2772",
    "86400, 86370, 54432, 66528",
    "600, 570, 245, 300",
    "300, 270, 187, 230",
    "60, 45, 31, 39",
    "10, 7.5, 5.2, 6.4",
    "1, 0.75, 0.52, 0.64"
  })
  void renewalComesInTimeForEveryLifetime(
      double lifetime, double usable, double earliest, double latest) {
    var token = token(seconds(lifetime));
    for (var replica = 0; replica < 200; replica++) {
      var freshness = new Freshness(TestConfig.defaults().tokens(), "replica-" + replica);
      assertThat(freshness.usableUntil(token)).isEqualTo(NOW.plus(seconds(usable)));
      assertThat(freshness.renewalDue(token, new ClientName("acme")))
          .isBetween(NOW.plus(seconds(earliest)), NOW.plus(seconds(latest)));
      assertThat(freshness.comeBackAt(token, "caller", NOW))
          .isBetween(
              freshness.renewalDue(token, new ClientName("acme")), freshness.usableUntil(token));
    }
  }

  private static AccessToken token(Duration lifetime) {
    return new AccessToken(
        "token",
        null,
        null,
        null,
        TokenId.of("token", FakeTokenSource.HASH),
        NOW,
        NOW.plus(lifetime),
        "v1",
        false);
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis((long) (seconds * 1000));
  }
}
