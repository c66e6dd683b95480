package tokenbroker.redis;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/**
 * One subscription to announcements on its own connection, from the connect until it ends. It is
 * never reused: the caller ends a silent subscription and creates a new one.
 */
final class Subscription {

  /** How long a heartbeat may be missing before announcements may have been missed. */
  static final Duration SILENCE = Duration.ofSeconds(3);

  /** In nanoseconds, because each hit checks whether announcements are received. */
  private static final long SILENCE_NANOS = SILENCE.toNanos();

  private static final Set<ResponseType> LISTS = EnumSet.of(ResponseType.MULTI, ResponseType.PUSH);

  /** A listener for incoming messages. It is called on the event loop, which it must not block. */
  interface Listener {
    void announced(String text);

    /** A heartbeat arrived, so announcements are received. */
    void beaten();

    /** Redis rejected the subscription. */
    void refused(Throwable fault);
  }

  private final Session session;
  private final Ticker ticker;
  private final String heartbeat;
  private final Listener listener;

  /** When the last heartbeat arrived or the connection was opened; null while it connects. */
  private volatile @Nullable Moment heardAt;

  private volatile @Nullable Moment hearingSince;
  private volatile boolean ended;

  /**
   * Starts to connect in the background.
   *
   * @param heartbeat the channel on which this replica receives its own heartbeats
   */
  Subscription(Session session, Ticker ticker, String heartbeat, Listener listener) {
    this.session = session;
    this.ticker = ticker;
    this.heartbeat = heartbeat;
    this.listener = listener;
    session.connected().onComplete(this::subscribe, fault -> ended = true);
  }

  /** Returns whether it has ended, or is connected without a heartbeat for {@link #SILENCE}. */
  boolean isSilent() {
    var last = heardAt;
    return ended || (last != null && ticker.now().nanos() - last.nanos() >= SILENCE_NANOS);
  }

  /** Returns the moment since which no announcement can have been missed; null if one can. */
  @Nullable Moment hearing() {
    return isSilent() ? null : hearingSince;
  }

  void end() {
    ended = true;
    session.close();
  }

  private void subscribe(RedisConnection connection) {
    heardAt = ticker.now();
    connection.handler(this::heard);
    connection.exceptionHandler(fault -> ended = true);
    connection.endHandler(nothing -> ended = true);
    connection
        .send(Request.cmd(Command.SUBSCRIBE).arg(RedisKeys.ANNOUNCEMENTS).arg(heartbeat))
        .onFailure(fault -> ended = true);
  }

  private void heard(Response message) {
    if (message instanceof Throwable refusal) {
      listener.refused(refusal);
    } else if (LISTS.contains(message.type())
        && message.size() == 3
        && "message".equals(String.valueOf(message.get(0)))) {
      heard(String.valueOf(message.get(1)), String.valueOf(message.get(2)));
    }
  }

  private void heard(String channel, String text) {
    if (!channel.equals(heartbeat)) {
      listener.announced(text);
      return;
    }
    var now = ticker.now();
    heardAt = now;
    if (hearingSince == null) {
      hearingSince = now;
    }
    listener.beaten();
  }
}
