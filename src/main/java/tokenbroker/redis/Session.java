package tokenbroker.redis;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection to Redis, from the attempt to open it until it is closed. It has its own client.
 * Closing that client frees all resources of the attempt and the connection. This includes a
 * connect that would never complete, and one that completes too late.
 */
final class Session {

  /**
   * The time limit of a connect: several round trips over a slow link (TCP, TLS, greeting). No
   * command waits that long, see {@link #isLate}.
   */
  static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);

  private final EventLoop loop;
  private final Promise<RedisConnection> connected = Promise.promise();

  // Used on the event loop only.
  private @Nullable Redis client;
  private boolean late;
  private boolean closed;

  /** Starts to connect in the background. */
  Session(EventLoop loop, Supplier<Redis> clients) {
    this.loop = loop;
    if (!loop.run(() -> connect(clients))) {
      connected.fail(new IllegalStateException("the event loop has ended"));
    }
  }

  /**
   * Returns the connection. The future completes on the event loop, within {@link #CONNECT_LIMIT}.
   */
  Future<RedisConnection> connected() {
    return connected.future();
  }

  /** Returns whether it is still connecting, and for longer than a command may wait. */
  boolean isLate() {
    return late && !connected.future().isComplete();
  }

  /** Closes the session. Returns at once, and may be called more than once. */
  void close() {
    loop.run(
        () -> {
          closed = true;
          connected.tryFail(new IllegalStateException("closed"));
          if (client != null) {
            client.close();
            client = null;
          }
        });
  }

  private void connect(Supplier<Redis> clients) {
    if (closed) {
      return;
    }
    var future = connected.future();
    loop.limit(future, RedisCommands.LIMIT, () -> late = true);
    loop.limit(future, CONNECT_LIMIT, () -> fail(new TimeoutException()));
    client = clients.get();
    client.connect().onComplete(connected::tryComplete, this::fail);
  }

  private void fail(Throwable fault) {
    if (connected.tryFail(fault)) {
      close();
    }
  }
}
