package tokenbroker.tokens;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import tokenbroker.clients.ClientName;
import tokenbroker.config.BrokerConfig;

/**
 * When a token may be handed out, when it is renewed, and when a caller does well to ask again. For
 * each token
 *
 * <pre>requested ≤ renewal due ≤ callers come back ≤ usable until &lt; expires</pre>
 */
@Singleton
public class Freshness {

  private static final double JITTER = 0.1;
  private static final Duration LONG_LIFE = Duration.ofMinutes(10);
  private static final Duration LONG_LIFE_RESERVE = Duration.ofMinutes(5);

  /** Of the usable life of a short-lived token: what is left is for the renewal itself. */
  private static final double SHORT_LIFE_SHARE = 0.85;

  private final Duration safetyWindow;
  private final double refreshAhead;
  private final double idleAfter;
  private final String replica;

  @Inject
  Freshness(BrokerConfig config) {
    this(config.tokens(), UUID.randomUUID().toString());
  }

  /**
   * @param replica any text that differs between replicas: it seeds the jitter
   */
  Freshness(BrokerConfig.Tokens config, String replica) {
    this.safetyWindow = config.safetyWindow();
    this.refreshAhead = config.refreshAhead();
    this.idleAfter = config.idleAfter();
    this.replica = replica;
  }

  /** From here on the token is not handed out. */
  public Instant usableUntil(AccessToken token) {
    return token.requestedAt().plus(usableLife(token));
  }

  public boolean isUsable(AccessToken token, Instant now) {
    return now.isBefore(usableUntil(token));
  }

  /** When this replica renews the token in the background, if it is in use. */
  public Instant renewalDue(AccessToken token, ClientName client) {
    var share = 1 - JITTER + 2 * JITTER * fraction(replica, client.value());
    return token.requestedAt().plus(times(plannedRenewal(token), share));
  }

  /**
   * When a caller does well to ask again: after every replica's renewal, well before the end, and
   * another time for each caller. Where that has passed because renewals fail, a part of what life
   * is left.
   */
  public Instant comeBackAt(AccessToken token, String caller, Instant now) {
    var usableUntil = usableUntil(token);
    var latestRenewal = token.requestedAt().plus(times(plannedRenewal(token), 1 + JITTER));
    var planned =
        latestRenewal.plus(
            times(
                Duration.between(latestRenewal, usableUntil),
                fraction(caller, token.id().value()) / 2));
    var soonest = now.plus(Duration.between(now, usableUntil).dividedBy(4));
    return planned.isAfter(soonest) ? planned : soonest;
  }

  /** Without a request for so long, the client of this token is idle. */
  Duration idleAfter(AccessToken token) {
    return times(token.lifetime(), idleAfter);
  }

  private Duration usableLife(AccessToken token) {
    return token.lifetime().minus(shorter(safetyWindow, token.lifetime().dividedBy(4)));
  }

  /**
   * From the request to the middle of the jittered renewals, so that the last of them still comes
   * in time.
   */
  private Duration plannedRenewal(AccessToken token) {
    var life = token.lifetime();
    var latest =
        life.compareTo(LONG_LIFE) >= 0
            ? shorter(life.minus(LONG_LIFE_RESERVE), usableLife(token))
            : times(usableLife(token), SHORT_LIFE_SHARE);
    return shorter(times(life, refreshAhead), times(latest, 1 / (1 + JITTER)));
  }

  /** A number in [0, 1) that is always the same for the same texts. */
  private static double fraction(String one, String other) {
    var mixed = (31 * one.hashCode() + other.hashCode()) * 0x9E3779B97F4A7C15L;
    return (mixed >>> 11) * 0x1.0p-53;
  }

  private static Duration times(Duration duration, double factor) {
    return Duration.ofNanos((long) (duration.toNanos() * factor));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
