package tokenbroker.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenbroker.clients.ClientName;
import tokenbroker.testing.TestConfig;
import tokenbroker.time.Moment;
import tokenbroker.time.Now;

class FreshnessTest {

  private static final Now NOW = new Now(Instant.parse("2026-11-23T12:00:00Z"), new Moment(0));

  /**
   * Columns: lifetime, usable for, earliest refresh, latest refresh; in seconds, with the default
   * settings.
   */
  @ParameterizedTest
  @CsvSource({
    "3600, 3570, 2268, 2772",
    "86400, 86370, 54432, 66528",
    "600, 570, 285, 300",
    "300, 270, 189, 231",
    "60, 45, 37.8, 40.5",
    "10, 7.5, 5.3, 5.7",
    "1, 0.75, 0.53, 0.57"
  })
  void renewalComesInTimeForEveryLifetime(
      double lifetime, double usable, double earliest, double latest) {
    var token = token(seconds(lifetime));
    for (var replica = 0; replica < 200; replica++) {
      var freshness = new Freshness(TestConfig.defaults().tokens(), "replica-" + replica);
      assertThat(freshness.usableFor(token)).isEqualTo(seconds(usable));
      assertThat(freshness.refreshAge(token, TokenOwner.of(new ClientName("acme"))))
          .isBetween(seconds(earliest), seconds(latest));
      assertThat(Duration.between(NOW.wall(), freshness.refreshAt(token, "caller", NOW)))
          .isBetween(
              freshness.refreshAge(token, TokenOwner.of(new ClientName("acme"))),
              freshness.usableFor(token));
    }
  }

  /**
   * With a jitter per replica only, the earliest of many replicas would refresh all clients at the
   * same time.
   */
  @Test
  void clientsThatStartedTogetherAreSpreadHoweverManyReplicasThereAre() {
    var token = token(Duration.ofHours(1));
    var replicas =
        IntStream.range(0, 50)
            .mapToObj(i -> new Freshness(TestConfig.defaults().tokens(), "replica-" + i))
            .toList();
    var renewalsBySlice = new int[10]; // slices of the 504 s in which refreshes happen
    for (var client = 0; client < 1000; client++) {
      var name = TokenOwner.of(new ClientName("client-" + client));
      var first =
          replicas.stream()
              .map(replica -> replica.refreshAge(token, name))
              .min(Comparator.naturalOrder())
              .orElseThrow();
      var slice = (int) (first.toSeconds() - 2268) * 10 / 504;
      renewalsBySlice[slice]++;
    }
    assertThat(Arrays.stream(renewalsBySlice).max().orElseThrow()).isLessThan(200);
  }

  /** The first wave is as narrow as the jitter. Each later wave is wider by the same amount. */
  @Test
  void clientsThatStartedTogetherDriftApart() {
    var replicas =
        Stream.of("a", "b").map(it -> new Freshness(TestConfig.defaults().tokens(), it)).toList();
    var lifetime = Duration.ofHours(1);
    var renewals = new int[600]; // buckets of 36 s each
    for (var i = 0; i < 1000; i++) {
      var client = TokenOwner.of(new ClientName("client-" + i));
      for (var at = Duration.ZERO;
          at.compareTo(lifetime.multipliedBy(6)) < 0;
          at = at.plus(next(replicas, client, lifetime))) {
        renewals[(int) at.toSeconds() / 36]++;
      }
    }
    var fromTheThirdWaveOn = Arrays.copyOfRange(renewals, 190, 600);
    var mean = Arrays.stream(fromTheThirdWaveOn).average().orElseThrow();
    assertThat(Arrays.stream(fromTheThirdWaveOn).max().orElseThrow()).isLessThan((int) (3 * mean));
  }

  private static Duration next(List<Freshness> replicas, TokenOwner client, Duration lifetime) {
    var token = token(lifetime);
    return replicas.stream()
        .map(replica -> replica.refreshAge(token, client))
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }

  private static AccessToken token(Duration lifetime) {
    return new AccessToken(
        "token",
        null,
        null,
        null,
        TokenId.of("token", FakeTokenSource.HASH),
        Lifespan.from(NOW, lifetime),
        new Provenance("https://upstream.test", "id", null, "v1"));
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis((long) (seconds * 1000));
  }
}
