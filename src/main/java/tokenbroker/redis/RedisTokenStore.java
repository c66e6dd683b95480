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
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tokenbroker.seal.Seal;
import tokenbroker.time.Clocks;
import tokenbroker.time.Moment;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.Account;
import tokenbroker.tokens.Announcement;
import tokenbroker.tokens.StoreUnavailable;
import tokenbroker.tokens.TokenStore;
import tokenbroker.tokens.UpstreamFailure;

/** The shared store in Redis. Values are sealed, and everything ends by itself. */
@Singleton
@Typed(RedisTokenStore.class)
public class RedisTokenStore implements TokenStore {

  /**
   * Shorter than anybody waits for another's fetch, so that one of those who wait takes a dead
   * holder's lease over, and not all of them go on without it.
   */
  static final Duration LEASE_TERM = Duration.ofSeconds(5);

  private static final Duration FAILURE_REMEMBERED = Duration.ofSeconds(60);

  private final Commands commands;
  private final SealedValues values;
  private final Announcements announcements;
  private final Leases leases;
  private final Counter openFailures;
  private final Clocks clocks;

  RedisTokenStore(
      Commands commands,
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
                .description("Leases that had another owner when their holder renewed them")
                .register(registry));
    this.clocks = clocks;
    this.openFailures = OpenFailures.in(registry);
  }

  @Override
  public Stored look(Account account) {
    var keys = Keys.of(account);
    var found = commands.script("look", Scripts.LOOK, keys.looked());
    return stored(keys, found, found == null || found.size() < 8 ? "" : found.get(7).toString());
  }

  @Override
  public Looked lookOrLease(Account account, Revision seen) {
    var keys = Keys.of(account);
    var owner = Leases.newOwner();
    @Nullable Response found;
    try {
      found =
          commands.script(
              "look or lease",
              Scripts.LOOK_OR_LEASE,
              keys.leased(),
              seen.token(),
              seen.failure(),
              owner,
              text(LEASE_TERM));
    } catch (StoreUnavailable e) {
      leases.abandon(keys.lease(), owner);
      throw e;
    }
    var stored = stored(keys, found, "");
    var taken = found != null && found.size() == 8 && found.get(7).toInteger() == 1;
    return new Looked(stored, taken ? leases.held(keys.lease(), owner) : null);
  }

  private Stored stored(Keys keys, @Nullable Response found, String grantRevision) {
    if (found == null || found.size() < 7) {
      throw new StoreUnavailable("look: an answer of another form");
    }
    var now = clocks.now();
    var tokenLeft = millis(found.get(1).toLong());
    var token = opened(found.get(0), it -> values.token(keys.token(), it, tokenLeft, now));
    var untilRetry = millis(found.get(4).toLong()).minus(FAILURE_REMEMBERED);
    var failure =
        opened(found.get(3), it -> values.failure(keys.failure(), it, untilRetry, now.moment()));
    var revision = new Revision(found.get(2).toString(), found.get(5).toString());
    return new Stored(token, revision, failure, grant(found.get(6).toInteger()), grantRevision);
  }

  private static Grant grant(int code) {
    return switch (code) {
      case 1 -> Grant.GONE;
      case 2 -> Grant.ENDED;
      default -> Grant.VALID;
    };
  }

  @Override
  public boolean keep(Account account, AccessToken token, Revision seen, Announcement news) {
    return keep(account, token, seen, news, true);
  }

  @Override
  public boolean restore(Account account, AccessToken token, Revision seen) {
    var news = Announcement.of(Announcement.Kind.RENEWED, account);
    return keep(account, token, seen, news, false);
  }

  private boolean keep(
      Account account,
      AccessToken token,
      Revision seen,
      Announcement news,
      boolean forgettingFailure) {
    var now = clocks.now();
    var left = token.remaining(now);
    if (!left.isPositive()) {
      return false;
    }
    var keys = Keys.of(account);
    var kept =
        commands.script(
            "keep",
            Scripts.KEEP,
            keys.looked(),
            seen.token(),
            values.token(keys.token(), token, now),
            text(left),
            Announcements.CHANNEL,
            Announcements.text(news),
            forgettingFailure ? "1" : "0");
    return kept != null && kept.toInteger() == 1;
  }

  @Override
  public void remember(Account account, UpstreamFailure failure) {
    var key = Keys.of(account).failure();
    var remembered = clocks.moment().until(failure.retryAt()).plus(FAILURE_REMEMBERED);
    commands.script(
        "remember",
        Scripts.REMEMBER,
        List.of(key),
        values.failure(key, failure),
        text(remembered),
        Announcements.CHANNEL,
        Announcements.text(Announcement.of(Announcement.Kind.FAILED, account)));
  }

  @Override
  public Optional<Duration> claimForcedFetch(Account account, Duration period) {
    var key = Keys.of(account).forced();
    if (commands.run(Command.SET, key, UUID.randomUUID().toString(), "NX", "PX", text(period))
        != null) {
      return Optional.empty();
    }
    var left = commands.run(Command.PTTL, key);
    return Optional.of(left == null || left.toLong() <= 0 ? period : millis(left.toLong()));
  }

  @Override
  public void forget(Account account) {
    commands.run(Command.DEL, Keys.of(account).cached().toArray(String[]::new));
  }

  @Override
  public void drop(Account account) {
    commands.script(
        "drop",
        Scripts.DROP,
        Keys.of(account).cached(),
        Announcements.CHANNEL,
        Announcements.text(Announcement.of(Announcement.Kind.REMOVED, account)));
  }

  @Override
  public void onAnnouncement(Consumer<Announcement> listener) {
    announcements.listen(listener);
  }

  @Override
  public Optional<Moment> hearingSince() {
    return announcements.hearingSince();
  }

  /** Whoever wraps this store knows. */
  @Override
  public boolean isUp() {
    return true;
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
