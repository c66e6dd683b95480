package tokenbroker.tokens;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import tokenbroker.config.BrokerConfig;
import tokenbroker.time.Now;

/**
 * The rules for when a token is usable, when it is refreshed and when a caller should ask again.
 * For each token
 *
 * <pre>requested ≤ refresh due ≤ callers come back ≤ usable until &lt; expires</pre>
 */
@Singleton
public class Freshness {

  private static final double JITTER = 0.1;

  /**
   * The share of the jitter that depends on the replica. The rest depends on the owner alone and is
   * the same in every replica. If all of it depended on the replica, one of many replicas would
   * always refresh near the earliest instant. Clients that started together would then be refreshed
   * together.
   */
  private static final double REPLICAS_PART = 0.2;

  /**
   * The smallest jitter, as a fraction of the latest refresh age; used if there is little time left
   * to refresh early.
   */
  private static final double NARROWEST = 0.05;

  private static final Duration LONG_LIFE = Duration.ofMinutes(10);
  private static final Duration LONG_LIFE_RESERVE = Duration.ofMinutes(5);

  /** The smallest fraction of the usable life that is reserved for the refresh itself. */
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
   * Creates the rules for one replica.
   *
   * @param replica any text that differs between replicas; it seeds the jitter
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
   * Returns whether a token is usable only because the upstream returned it again. The upstream
   * repeats such a token until it expires. By its full length it would be in its safety window and
   * would not be handed out.
   *
   * @param token a usable token, so that only one with a longer original life can be in its window
   */
  boolean isInSafetyWindow(AccessToken token, Now now) {
    var full = token.fullLength();
    return full.compareTo(token.lifetime()) > 0
        && token.lifetime().toNanos() - token.life().ageNanos(now)
            < full.toNanos() - usableNanos(full);
  }

  /** Returns the age at which this replica refreshes a token in the background, if it is in use. */
  public Duration refreshAge(AccessToken token, TokenOwner owner) {
    var name = owner.toString();
    var latest = latestRenewal(token);
    var earliest =
        shorter(times(token.lifetime(), refreshAhead * (1 - JITTER)), times(latest, 1 - NARROWEST));
    var share = (1 - REPLICAS_PART) * fraction("", name) + REPLICAS_PART * fraction(replica, name);
    return earliest.plus(times(latest.minus(earliest), share));
  }

  /**
   * Returns when a caller should ask again. That is after every replica's refresh, well before the
   * token expires, and differs between callers. If that time has passed because refreshes fail, it
   * is a quarter of the remaining usable life from now.
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

  /** Returns how long after its last request this token's client counts as idle. */
  Duration idleAfter(AccessToken token) {
    return times(token.lifetime(), idleAfter);
  }

  private long usableNanos(Duration lifetime) {
    var nanos = lifetime.toNanos();
    return nanos - Math.min(safetyWindow.toNanos(), (long) (nanos * QUARTER));
  }

  /**
   * Returns the age of the latest jittered refresh that still finishes before the token is
   * unusable.
   */
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

  /** Returns a number in [0, 1) that depends only on the two texts. */
  private static double fraction(String one, String other) {
    var mixed = (31 * one.hashCode() + other.hashCode()) * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
    mixed ^= mixed >>> 32;
    return (mixed >>> 11) * 0x1.0p-53;
  }

  /**
   * Returns the product. {@link Duration}'s own arithmetic uses decimals, which is too slow for the
   * hit path.
   */
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
