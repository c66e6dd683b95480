package tokenbroker.redis;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tokenbroker.tokens.StoreUnavailable;

/**
 * Redis commands that block, for a bounded time, and fail in one way. They share one connection, on
 * which they follow one another without waiting for answers. A connection that fails, or that is
 * silent for too long, is replaced.
 *
 * <p>Connecting has a limit of its own and goes on in the background: a command waits for it no
 * longer than for an answer, and not at all once the connect has taken that long. A command that
 * was given up before it was sent is never sent.
 */
@Singleton
class Commands {

  /** A store that takes longer than this is taken for broken: a caller may be waiting. */
  static final Duration LIMIT = Duration.ofMillis(250);

  /** A connection that owes an answer for so long is not to be trusted with further commands. */
  private static final Duration SILENCE = Duration.ofSeconds(2);

  /** For an event loop that is gone, as it is when the process ends. */
  private static final Duration NO_EVENT_LOOP = Duration.ofSeconds(30);

  private final EventLoop loop;
  private final Sessions sessions;

  /** Used on the event loop only. */
  private @Nullable Session session;

  /**
   * @param unused makes Quarkus build a client, and so hand out the options of all others: it does
   *     so only if one is injected
   */
  @Inject
  Commands(RedisClients clients, RedisPassword password, Redis unused, Vertx vertx) {
    this(() -> clients.newClient(vertx, password.current()), vertx);
  }

  /**
   * @param clients a new client each time; it is closed with its connection
   */
  Commands(Supplier<Redis> clients, Vertx vertx) {
    this.loop = new EventLoop(vertx);
    this.sessions = new Sessions(loop, clients);
  }

  @Nullable Response run(Command command, String... arguments) {
    return await(command.toString(), send(command, arguments));
  }

  @Nullable Response script(
      String operation, String script, List<String> keys, String... arguments) {
    return await(operation, sendScript(script, keys, arguments));
  }

  /** Does not wait for the answer. */
  Future<@Nullable Response> send(Command command, String... arguments) {
    var request = Request.cmd(command);
    for (var argument : arguments) {
      request.arg(argument);
    }
    return send(request);
  }

  /** Does not wait for the answer. */
  Future<@Nullable Response> sendScript(String script, List<String> keys, String... arguments) {
    var request = Request.cmd(Command.EVAL).arg(script).arg(keys.size());
    keys.forEach(request::arg);
    for (var argument : arguments) {
      request.arg(argument);
    }
    return send(request);
  }

  /** Opens a connection of the caller's own, on the event loop of all of them. */
  Session open() {
    return sessions.open();
  }

  private Future<@Nullable Response> send(Request request) {
    var outcome = Promise.<@Nullable Response>promise();
    if (!loop.run(() -> send(request, outcome))) {
      outcome.fail(new StoreUnavailable("the process ends"));
    }
    return outcome.future();
  }

  private void send(Request request, Promise<@Nullable Response> outcome) {
    var used = session();
    if (used.isLate()) {
      outcome.fail(new StoreUnavailable("not connected"));
      return;
    }
    loop.limit(outcome.future(), LIMIT, () -> outcome.tryFail(new TimeoutException()));
    used.connected()
        .onComplete(connection -> sendOn(connection, used, request, outcome), outcome::tryFail);
  }

  private Session session() {
    if (session == null) {
      var opened = sessions.open();
      session = opened;
      opened
          .connected()
          .onComplete(
              connection -> connection.exceptionHandler(fault -> leave(opened)),
              fault -> leave(opened));
    }
    return session;
  }

  private void sendOn(
      RedisConnection connection,
      Session used,
      Request request,
      Promise<@Nullable Response> outcome) {
    if (outcome.future().isComplete()) {
      return;
    }
    var answer = connection.send(request);
    answer.onComplete(
        outcome::tryComplete,
        fault -> {
          if (!RedisFault.isOfOneCommand(fault)) {
            leave(used);
          }
          outcome.tryFail(fault);
        });
    loop.limit(answer, SILENCE, () -> leave(used));
  }

  /** The next command has a new connection. What is under way on this one may end. */
  private void leave(Session used) {
    if (used.equals(session)) {
      session = null;
      loop.after(LIMIT, used::close);
    }
  }

  private static <T> @Nullable T await(String operation, Future<T> answer) {
    try {
      return answer
          .toCompletionStage()
          .toCompletableFuture()
          .get(NO_EVENT_LOOP.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new StoreUnavailable(operation + ": " + RedisFault.kind(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailable(operation + ": interrupted");
    } catch (ExecutionException e) {
      throw new StoreUnavailable(operation + ": " + RedisFault.kind(e.getCause()));
    }
  }
}
