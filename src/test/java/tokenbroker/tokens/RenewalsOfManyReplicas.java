package tokenbroker.tokens;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.stream.IntStream;
import tokenbroker.clients.ClientName;
import tokenbroker.testing.TestConfig;
import tokenbroker.time.Moment;

/**
 * A simulation of when tokens are refreshed, if all replicas use all clients. The first replica
 * that is due refreshes a client's token for all. It uses the broker's own {@link Freshness} and
 * simulates only the time.
 */
public final class RenewalsOfManyReplicas {

  private final Duration lifetime;
  private final long[] periods;

  public RenewalsOfManyReplicas(int replicas, int clients, Duration lifetime) {
    this.lifetime = lifetime;
    var each = new ArrayList<Freshness>();
    for (var i = 0; i < replicas; i++) {
      each.add(new Freshness(TestConfig.defaults().tokens(), "replica-" + i));
    }
    var token =
        new AccessToken(
            "token",
            null,
            null,
            null,
            new TokenId("A".repeat(22)),
            new Lifespan(Instant.EPOCH, new Moment(0), lifetime),
            new Provenance("https://upstream.test", "id", null, "v1"));
    periods =
        IntStream.range(0, clients)
            .parallel()
            .mapToLong(
                client -> {
                  var name = TokenOwner.of(new ClientName("client-" + client));
                  return each.stream()
                      .mapToLong(freshness -> freshness.refreshAge(token, name).toMillis())
                      .min()
                      .orElseThrow();
                })
            .toArray();
  }

  /**
   * Returns the number of refreshes in each second of the {@code lap}th lifetime. All clients got
   * their first token at the same instant. The first lap is 0.
   */
  public long[] perSecond(int lap) {
    var from = lap * lifetime.toMillis();
    var counts = new long[(int) lifetime.toSeconds()];
    for (var period : periods) {
      for (var at = Math.ceilDiv(Math.max(from, 1), period) * period;
          at < from + lifetime.toMillis();
          at += period) {
        counts[(int) ((at - from) / 1_000)]++;
      }
    }
    return counts;
  }
}
