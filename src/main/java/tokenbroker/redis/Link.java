package tokenbroker.redis;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tokenbroker.tokens.StoreUnavailable;

/**
 * The connection to one server, which all commands share. Commands are pipelined: they do not wait
 * for the responses to earlier ones. A connection that fails, or does not respond for too long, is
 * replaced.
 *
 * <p>The connection is opened in the background. A command waits for that no longer than for a
 * response. It does not wait at all if connecting has already taken that long. All methods except
 * {@link #open} must be called on the event loop.
 */
final class Link implements Servers {

  /** How long a response may be missing before the connection gets no further commands. */
  private static final Duration SILENCE = Duration.ofSeconds(2);

  private final EventLoop loop;
  private final Sessions sessions;
  private @Nullable Session session;

  Link(EventLoop loop, Sessions sessions) {
    this.loop = loop;
    this.sessions = sessions;
  }

  @Override
  public Session open() {
    return sessions.open();
  }

  @Override
  public String partOf(String key) {
    return "";
  }

  @Override
  public Future<@Nullable Response> send(Request request, Future<?> waiting) {
    var used = session();
    if (used.isLate()) {
      return Future.failedFuture(new StoreUnavailable("not connected"));
    }
    var answer = Promise.<@Nullable Response>promise();
    used.connected()
        .onComplete(
            connection -> {
              if (!waiting.isComplete()) {
                sendOn(connection, used, request, answer);
              }
            },
            answer::tryFail);
    return answer.future();
  }

  boolean isConnected() {
    return session != null && session.connected().succeeded();
  }

  /** Closes the connection, if there is one. The next command opens another. */
  void close() {
    if (session != null) {
      leave(session);
    }
  }

  private Session session() {
    if (session == null) {
      var opened = sessions.open();
      session = opened;
      opened
          .connected()
          .onComplete(
              connection -> {
                connection.exceptionHandler(fault -> leave(opened));
                connection.endHandler(nothing -> leave(opened));
              },
              // A server that is down is not tried again for each command.
              fault -> loop.after(RedisCommands.LIMIT, () -> leave(opened)));
    }
    return session;
  }

  private void sendOn(
      RedisConnection connection,
      Session used,
      Request request,
      Promise<@Nullable Response> outcome) {
    var answer = connection.send(request);
    answer.onComplete(
        outcome::tryComplete,
        fault -> {
          if (RedisFault.isOfTheConnection(fault)) {
            leave(used);
          }
          outcome.tryFail(fault);
        });
    loop.limit(answer, SILENCE, () -> leave(used));
  }

  /**
   * Stops using a connection: the next command opens another. Commands in progress may still
   * finish.
   */
  private void leave(Session used) {
    if (used.equals(session)) {
      session = null;
      loop.after(RedisCommands.LIMIT, used::close);
    }
  }
}
