package tokenbroker.redis;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.Account;
import tokenbroker.tokens.Announcement;
import tokenbroker.tokens.StoreUnavailable;
import tokenbroker.tokens.TokenId;

/**
 * Word of changes, over Redis pub/sub on a connection of its own. A subscription can vanish without
 * an error, so that it is heard must be proven: each replica publishes a heartbeat to itself every
 * second, and a subscription on which none was heard for three seconds is thrown away and made
 * anew.
 */
@Singleton
public class Announcements {

  private static final Logger LOG = Logger.getLogger(Announcements.class);
  static final String CHANNEL = "token-broker:announcements";
  private static final Duration SILENCE = Duration.ofSeconds(3);

  private final Commands commands;
  private final Ticker ticker;
  private final String heartbeat = "token-broker:heartbeat:" + UUID.randomUUID();
  private final List<Consumer<Announcement>> listeners = new CopyOnWriteArrayList<>();
  private volatile @Nullable Subscription subscription;

  Announcements(Commands commands, Ticker ticker) {
    this.commands = commands;
    this.ticker = ticker;
  }

  /**
   * Called each second, on a thread that may block: keeps the subscription alive, or makes it anew.
   */
  public void beat() {
    var current = subscription;
    if (current != null && current.isSilent(ticker.now())) {
      subscription = null;
      current.end();
      current = null;
    }
    try {
      if (current == null) {
        subscription = new Subscription();
      }
      commands.run(Command.PUBLISH, heartbeat, "");
    } catch (StoreUnavailable e) {
      LOG.debugf("No heartbeat: %s", e.getMessage());
    }
  }

  @PreDestroy
  void end() {
    var current = subscription;
    subscription = null;
    if (current != null) {
      current.end();
    }
  }

  Optional<Moment> hearingSince() {
    var current = subscription;
    return current == null || current.isSilent(ticker.now())
        ? Optional.empty()
        : Optional.ofNullable(current.hearingSince);
  }

  void listen(Consumer<Announcement> listener) {
    listeners.add(listener);
  }

  static String text(Announcement announcement) {
    var text = announcement.kind().name().toLowerCase(Locale.ROOT) + " " + announcement.account();
    return announcement.dead() == null ? text : text + " " + announcement.dead();
  }

  /** Empty for whatever is not one of ours. */
  static Optional<Announcement> parse(String text) {
    var words = text.length() > 128 ? new String[0] : text.split(" ", -1);
    if (words.length < 2 || words.length > 3) {
      return Optional.empty();
    }
    for (var kind : Announcement.Kind.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).equals(words[0])) {
        var dead = words.length == 3 ? TokenId.parse(words[2]).orElse(null) : null;
        return Account.parse(words[1]).map(account -> new Announcement(kind, account, dead));
      }
    }
    return Optional.empty();
  }

  private final class Subscription {

    private final RedisConnection connection;
    private volatile @Nullable Moment hearingSince;
    private volatile Moment heardAt = ticker.now();
    private volatile boolean ended;

    Subscription() {
      connection = commands.connect();
      connection.handler(this::heard);
      connection.exceptionHandler(fault -> ended = true);
      connection.endHandler(nothing -> ended = true);
      connection.send(Request.cmd(Command.SUBSCRIBE).arg(CHANNEL).arg(heartbeat));
    }

    boolean isSilent(Moment now) {
      return ended || !now.isBefore(heardAt.plus(SILENCE));
    }

    void end() {
      connection.close();
    }

    private void heard(Response message) {
      if (message.size() != 3 || !"message".equals(message.get(0).toString())) {
        return;
      }
      var now = ticker.now();
      if (message.get(1).toString().equals(heartbeat)) {
        heardAt = now;
        if (hearingSince == null) {
          hearingSince = now;
        }
      } else {
        parse(message.get(2).toString())
            .ifPresent(news -> listeners.forEach(listener -> listener.accept(news)));
      }
    }
  }
}
