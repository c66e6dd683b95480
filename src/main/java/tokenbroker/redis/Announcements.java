package tokenbroker.redis;

import io.vertx.redis.client.Command;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.Announcement;
import tokenbroker.tokens.TokenId;
import tokenbroker.tokens.TokenOwner;

/**
 * The announcements of changes between replicas, over Redis pub/sub on a separate connection. A
 * subscription can vanish without an error. Each replica therefore publishes a heartbeat to itself
 * every second, which proves that its subscription works. A silent subscription is closed and
 * replaced.
 */
@Singleton
public class Announcements {

  private static final Logger LOG = Logger.getLogger(Announcements.class);

  private final RedisCommands commands;
  private final Ticker ticker;
  private final String heartbeat = RedisKeys.heartbeat(UUID.randomUUID());
  private final List<Consumer<Announcement>> listeners = new CopyOnWriteArrayList<>();
  private final AtomicBoolean refused = new AtomicBoolean();
  private volatile @Nullable Subscription subscription;

  Announcements(RedisCommands commands, Ticker ticker) {
    this.commands = commands;
    this.ticker = ticker;
  }

  /**
   * Publishes a heartbeat, and replaces the subscription if it is silent. Called each second; does
   * not wait for Redis.
   */
  public void beat() {
    var current = subscription;
    if (current == null || current.isSilent()) {
      if (current != null) {
        current.end();
      }
      subscription = new Subscription(commands.open(), ticker, heartbeat, new Heard());
    }
    commands.send(Command.PUBLISH, heartbeat, "").onFailure(this::notPublished);
  }

  @PreDestroy
  void end() {
    var current = subscription;
    subscription = null;
    if (current != null) {
      current.end();
    }
  }

  /** Returns since when no announcement can have been missed; empty while some may be missed. */
  Optional<Moment> hearingSince() {
    return Optional.ofNullable(subscription).map(Subscription::hearing);
  }

  void listen(Consumer<Announcement> listener) {
    listeners.add(listener);
  }

  static String text(Announcement announcement) {
    var text = announcement.kind().name().toLowerCase(Locale.ROOT) + " " + announcement.owner();
    return announcement.dead() == null ? text : text + " " + announcement.dead();
  }

  /** Returns the announcement; empty if the text is not a valid one. */
  static Optional<Announcement> parse(String text) {
    var words = text.length() > 128 ? new String[0] : text.split(" ", -1);
    if (words.length < 2 || words.length > 3) {
      return Optional.empty();
    }
    for (var kind : Announcement.Kind.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).equals(words[0])) {
        var dead = words.length == 3 ? TokenId.parse(words[2]).orElse(null) : null;
        return TokenOwner.parse(words[1]).map(owner -> new Announcement(kind, owner, dead));
      }
    }
    return Optional.empty();
  }

  private void notPublished(Throwable fault) {
    if (RedisFault.isNoPermission(fault)) {
      warnOfMissingRights();
    } else {
      LOG.debugf("A heartbeat could not be published: %s", RedisFault.kind(fault));
    }
  }

  /** Logs the missing rights once, until announcements are received. */
  private void warnOfMissingRights() {
    if (refused.compareAndSet(false, true)) {
      LOG.warn(
          "The Redis user may not use the channels token-broker:* (NOPERM). Replicas do not receive"
              + " each other's announcements, and read their tokens from Redis every few seconds"
              + " instead. Grant the rights: ACL SETUSER <user> &token-broker:* +subscribe +publish");
    }
  }

  private final class Heard implements Subscription.Listener {

    @Override
    public void announced(String text) {
      parse(text).ifPresent(news -> listeners.forEach(listener -> listener.accept(news)));
    }

    @Override
    public void beaten() {
      if (refused.compareAndSet(true, false)) {
        LOG.info("The broker receives announcements again");
      }
    }

    @Override
    public void refused(Throwable fault) {
      if (RedisFault.isNoPermission(fault)) {
        warnOfMissingRights();
      } else {
        LOG.debugf("The subscription failed: %s", RedisFault.kind(fault));
      }
    }
  }
}
