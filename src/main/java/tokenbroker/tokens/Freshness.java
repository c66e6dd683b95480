package tokenbroker.tokens;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import tokenbroker.config.BrokerConfig;
import tokenbroker.time.Now;

/**
 * When a token may be handed out, when it is renewed, and when a caller does well to ask again. For
 * each token
 *
 * <pre>requested ≤ renewal due ≤ callers come back ≤ usable until &lt; expires</pre>
 */
@Singleton
public class Freshness {

  private static final double JITTER = 0.1;

  /**
   * Of the jitter. Most of it is the client's own, the same in every replica: were it all the
   * replica's, then of many replicas one would always be near the earliest instant, and clients
   * that started together would be renewed together.
   */
  private static final double REPLICAS_PART = 0.2;

  /** The least jitter, where little time is left to be early. */
  private static final double NARROWEST = 0.05;

  private static final Duration LONG_LIFE = Duration.ofMinutes(10);
  private static final Duration LONG_LIFE_RESERVE = Duration.ofMinutes(5);

  /** What is left of a usable life for the renewal itself, at least. */
  private static final double RESERVE = 0.1;

  private static final Duration SMALL_RESERVE = Duration.ofSeconds(2);

  private static final double QUARTER = 0.25;

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

  /** Returns the age at which a token is no longer handed out. */
  public Duration usableFor(AccessToken token) {
    return Duration.ofNanos(usableNanos(token.lifetime()));
  }

  public boolean isUsable(AccessToken token, Now now) {
    return token.life().ageNanos(now) < usableNanos(token.lifetime());
  }

  /**
   * Whether so little is left that the token would not be handed out had it been fetched once, as
   * it should: the upstream repeats it until its end.
   *
   * @param token usable, so that only one whose life was longer once can be in its window
   */
  boolean isInSafetyWindow(AccessToken token, Now now) {
    var full = token.fullLength();
    return full.compareTo(token.lifetime()) > 0
        && token.lifetime().toNanos() - token.life().ageNanos(now)
            < full.toNanos() - usableNanos(full);
  }

  /** Returns the age at which this replica renews a token in the background, if it is in use. */
  public Duration renewalAge(AccessToken token, Account account) {
    var name = account.toString();
    var latest = latestRenewal(token);
    var earliest =
        shorter(times(token.lifetime(), refreshAhead * (1 - JITTER)), times(latest, 1 - NARROWEST));
    var share = (1 - REPLICAS_PART) * fraction("", name) + REPLICAS_PART * fraction(replica, name);
    return earliest.plus(times(latest.minus(earliest), share));
  }

  /**
   * Returns when a caller does well to ask again: after every replica's renewal, well before the
   * end, and another time for each caller. If renewals fail and that time has passed, a part of the
   * life that is left.
   */
  public Instant refreshAt(AccessToken token, String caller, Now now) {
    var age = token.life().ageNanos(now);
    var usable = usableNanos(token.lifetime());
    var latestRenewal = latestRenewal(token).toNanos();
    var share = fraction(caller, token.id().value()) / 2;
    var planned = latestRenewal + (long) ((usable - latestRenewal) * share);
    var soonest = age + (long) ((usable - age) * QUARTER);
    return now.wall().plusNanos(Math.max(planned, soonest) - age);
  }

  /** Without a request for so long, the client of this token is idle. */
  Duration idleAfter(AccessToken token) {
    return times(token.lifetime(), idleAfter);
  }

  private long usableNanos(Duration lifetime) {
    var nanos = lifetime.toNanos();
    return nanos - Math.min(safetyWindow.toNanos(), (long) (nanos * QUARTER));
  }

  /** From the request to the last of the jittered renewals, which still comes in time. */
  private Duration latestRenewal(AccessToken token) {
    var life = token.lifetime();
    var usable = usableFor(token);
    var inTime =
        life.compareTo(LONG_LIFE) >= 0
            ? shorter(life.minus(LONG_LIFE_RESERVE), usable)
            : usable.minus(
                longer(times(usable, RESERVE), shorter(SMALL_RESERVE, times(usable, QUARTER))));
    return shorter(times(life, refreshAhead * (1 + JITTER)), inTime);
  }

  /** A number in [0, 1) that is always the same for the same texts. */
  private static double fraction(String one, String other) {
    var mixed = (31 * one.hashCode() + other.hashCode()) * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
    mixed ^= mixed >>> 32;
    return (mixed >>> 11) * 0x1.0p-53;
  }

  /** Duration's own arithmetic goes through decimals, which a hit would pay for. */
  private static Duration times(Duration duration, double factor) {
    return Duration.ofNanos((long) (duration.toNanos() * factor));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }
}
