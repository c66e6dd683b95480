package tokenbroker.redis;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tokenbroker.seal.Seal;
import tokenbroker.time.Clocks;
import tokenbroker.time.Moment;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.Announcement;
import tokenbroker.tokens.StoreUnavailable;
import tokenbroker.tokens.TokenOwner;
import tokenbroker.tokens.TokenStore;
import tokenbroker.tokens.UpstreamFailure;

/** A shared token store in Redis. Values are sealed, and all keys expire. */
@Singleton
@Typed(RedisTokenStore.class)
public class RedisTokenStore implements TokenStore {

  /**
   * The term of a lease. It is shorter than any wait for another replica's fetch. If a holder dies,
   * one waiting replica therefore takes over its lease, instead of all of them going on without it.
   */
  static final Duration LEASE_TERM = Duration.ofSeconds(5);

  /** After how many invalid claims in a row the caller may fetch. */
  private static final int CLAIMS = 3;

  /** The result if the lease was taken from an invalid one; see {@link Scripts#LOOK_OR_LEASE}. */
  private static final int TAKEN_FROM_AN_ENDLESS_ONE = 2;

  private final RedisCommands commands;
  private final SealedValues values;
  private final Announcements announcements;
  private final Leases leases;
  private final Counter openFailures;
  private final Clocks clocks;

  RedisTokenStore(
      RedisCommands commands,
      Announcements announcements,
      Seal seal,
      MeterRegistry registry,
      Clocks clocks) {
    this.commands = commands;
    this.values = new SealedValues(seal);
    this.announcements = announcements;
    this.leases =
        new Leases(
            commands,
            clocks.ticker(),
            LEASE_TERM,
            Counter.builder("token_broker.lease.lost")
                .description("Leases that another process held when they were to be renewed")
                .register(registry));
    this.clocks = clocks;
    this.openFailures = UnsealFailures.in(registry);
  }

  @Override
  public Stored look(TokenOwner owner) {
    var keys = RedisKeys.of(owner);
    var found = commands.script("look", Scripts.LOOK, keys.looked());
    return stored(keys, found, found == null || found.size() < 8 ? "" : found.get(7).toString());
  }

  @Override
  public Lookup lookOrLease(TokenOwner owner, Revision seen) {
    var keys = RedisKeys.of(owner);
    var holder = Leases.newHolder();
    @Nullable Response found;
    try {
      found =
          commands.script(
              "look or lease",
              Scripts.LOOK_OR_LEASE,
              keys.leased(),
              seen.token(),
              seen.failure(),
              holder,
              text(LEASE_TERM));
    } catch (StoreUnavailable e) {
      leases.abandon(keys.lease(), holder);
      throw e;
    }
    var stored = stored(keys, found, "");
    var taken = found == null || found.size() < 8 ? 0 : found.get(7).toInteger();
    if (taken == TAKEN_FROM_AN_ENDLESS_ONE) {
      openFailures.increment();
    }
    return new Lookup(stored, taken > 0 ? leases.held(keys.lease(), holder) : null);
  }

  private Stored stored(RedisKeys keys, @Nullable Response found, String grantRevision) {
    if (found == null || found.size() < 7) {
      throw new StoreUnavailable("look: an unexpected response");
    }
    var now = clocks.now();
    var tokenLeft = millis(found.get(1).toLong());
    var token = opened(found.get(0), it -> values.token(keys.token(), it, tokenLeft, now));
    var failureLeft = millis(found.get(4).toLong());
    var failure = opened(found.get(3), it -> values.failure(keys.failure(), it, failureLeft, now));
    var revision = new Revision(found.get(2).toString(), found.get(5).toString());
    return new Stored(token, revision, failure, grant(found.get(6).toInteger()), grantRevision);
  }

  private static GrantStatus grant(int code) {
    return switch (code) {
      case 1 -> GrantStatus.GONE;
      case 2 -> GrantStatus.ENDED;
      default -> GrantStatus.VALID;
    };
  }

  @Override
  public boolean keep(TokenOwner owner, AccessToken token, Revision seen, Announcement news) {
    return keep(owner, token, seen, news, true);
  }

  @Override
  public boolean restore(TokenOwner owner, AccessToken token, Revision seen) {
    var news = Announcement.of(Announcement.Kind.RENEWED, owner);
    return keep(owner, token, seen, news, false);
  }

  private boolean keep(
      TokenOwner owner, AccessToken token, Revision seen, Announcement news, boolean fetched) {
    var now = clocks.now();
    var left = token.remaining(now);
    if (!left.isPositive()) {
      return false;
    }
    var keys = RedisKeys.of(owner);
    var version = values.nextVersion(keys.token(), now);
    var answer =
        commands.script(
            "keep",
            Scripts.KEEP,
            keys.looked(),
            seen.token(),
            values.token(keys.token(), token, version, now),
            text(left),
            RedisKeys.ANNOUNCEMENTS,
            Announcements.text(news),
            fetched ? "1" : "0");
    var kept = answer != null && answer.toInteger() == 1;
    if (kept) {
      values.stored(keys.token(), version);
    }
    return kept;
  }

  @Override
  public void remember(TokenOwner owner, UpstreamFailure failure) {
    var key = RedisKeys.of(owner).failure();
    var now = clocks.now();
    var remembered = now.moment().until(failure.retryAt()).plus(SealedValues.FAILURE_REMEMBERED);
    commands.script(
        "remember",
        Scripts.REMEMBER,
        List.of(key),
        values.failure(key, failure, now),
        text(remembered),
        RedisKeys.ANNOUNCEMENTS,
        Announcements.text(Announcement.of(Announcement.Kind.FAILED, owner)));
  }

  @Override
  public Optional<Duration> claimForcedFetch(TokenOwner owner, Duration period) {
    var key = RedisKeys.of(owner).forced();
    var toReplace = "";
    for (var claim = 0; claim < CLAIMS; claim++) {
      var now = clocks.now();
      var sealed = values.claim(key, period, now);
      var held =
          commands.script("claim", Scripts.CLAIM, List.of(key), toReplace, sealed, text(period));
      if (held == null || held.size() < 3) {
        return Optional.empty();
      }
      var timeLeft = millis(held.get(1).toLong());
      var left = opened(held.get(0), it -> values.claim(key, it, timeLeft, period, now));
      if (left != null) {
        return Optional.of(left);
      }
      toReplace = held.get(2).toString();
    }
    return Optional.empty();
  }

  @Override
  public void forget(TokenOwner owner) {
    commands.run(Command.DEL, RedisKeys.of(owner).cached().toArray(String[]::new));
  }

  @Override
  public void drop(TokenOwner owner) {
    commands.script(
        "drop",
        Scripts.DROP,
        RedisKeys.of(owner).cached(),
        RedisKeys.ANNOUNCEMENTS,
        Announcements.text(Announcement.of(Announcement.Kind.REMOVED, owner)));
  }

  @Override
  public void onAnnouncement(Consumer<Announcement> listener) {
    announcements.listen(listener);
  }

  @Override
  public Optional<Moment> hearingSince() {
    return announcements.hearingSince();
  }

  /**
   * Returns true; {@link tokenbroker.tokens.FailOpenStore}, which wraps this store, knows the
   * state.
   */
  @Override
  public boolean isUp() {
    return true;
  }

  @Override
  public String partOf(TokenOwner owner) {
    return commands.partOf(RedisKeys.of(owner).token());
  }

  private <T> @Nullable T opened(Response stored, Function<String, Optional<T>> open) {
    var sealed = stored.toString();
    if (sealed.isEmpty()) {
      return null;
    }
    var value = open.apply(sealed);
    if (value.isEmpty()) {
      openFailures.increment();
    }
    return value.orElse(null);
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }

  private static String text(Duration duration) {
    return Long.toString(Math.max(1, duration.toMillis()));
  }
}
