package tokenbroker.redis;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tokenbroker.tokens.StoreUnavailable;

/**
 * Redis commands that block, for a bounded time, and fail in one way. They share one connection, on
 * which they follow one another without waiting for answers; after a fault the next one has a new
 * connection.
 *
 * <p>All of it happens on one event loop, the time limit too, which is counted in ticks of that
 * loop. A loop that is late, because the process is short of processors, counts one tick for all
 * that time, and finds the answers that came meanwhile: so the limit measures Redis, not this
 * process.
 */
@Singleton
class Commands {

  /** A store that takes longer than this is taken for broken: a caller may be waiting. */
  private static final Duration TICK = Duration.ofMillis(50);

  private static final int TICKS = 5;

  /** For an event loop that is gone, as it is when the process ends. */
  private static final Duration NO_EVENT_LOOP = Duration.ofSeconds(30);

  private final Redis redis;
  private final Vertx vertx;
  private final Context loop;

  /** Read and written on the event loop only. */
  private @Nullable Future<RedisConnection> connection;

  Commands(Redis redis, Vertx vertx) {
    this.redis = redis;
    this.vertx = vertx;
    this.loop = vertx.getOrCreateContext();
  }

  @Nullable Response run(Command command, String... arguments) {
    var request = Request.cmd(command);
    for (var argument : arguments) {
      request.arg(argument);
    }
    return await(command.toString(), send(request));
  }

  @Nullable Response script(
      String operation, String script, List<String> keys, String... arguments) {
    return await(operation, sendScript(script, keys, arguments));
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

  /** A connection of the caller's own, on the event loop of all of them. */
  RedisConnection connect() {
    var connected = await("connect", onLoop(redis::connect));
    if (connected == null) {
      throw new StoreUnavailable("connect: no connection");
    }
    return connected;
  }

  private Future<@Nullable Response> send(Request request) {
    return onLoop(
        () -> {
          var used = connected();
          return used.compose(it -> it.send(request)).onFailure(fault -> leave(used));
        });
  }

  private Future<RedisConnection> connected() {
    if (connection == null) {
      connection = redis.connect();
    }
    return connection;
  }

  /** What is still under way on it may end. */
  private void leave(Future<RedisConnection> used) {
    if (used.equals(connection)) {
      connection = null;
      used.onSuccess(it -> vertx.setTimer(TICK.toMillis() * TICKS, timer -> it.close()));
    }
  }

  private <T> Future<T> onLoop(Supplier<Future<T>> work) {
    var outcome = Promise.<T>promise();
    try {
      loop.runOnContext(
          begun -> {
            work.get().onComplete(outcome::tryComplete, outcome::tryFail);
            limit(outcome, TICKS);
          });
    } catch (RejectedExecutionException e) {
      outcome.tryFail(e); // The process is about to end.
    }
    return outcome.future();
  }

  private void limit(Promise<?> outcome, int ticks) {
    if (outcome.future().isComplete()) {
      return;
    }
    if (ticks == 0) {
      outcome.tryFail(new TimeoutException());
    } else {
      vertx.setTimer(TICK.toMillis(), tick -> limit(outcome, ticks - 1));
    }
  }

  private static <T> @Nullable T await(String operation, Future<T> answer) {
    try {
      return answer
          .toCompletionStage()
          .toCompletableFuture()
          .get(NO_EVENT_LOOP.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new StoreUnavailable(operation + ": no answer in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailable(operation + ": interrupted");
    } catch (ExecutionException e) {
      throw new StoreUnavailable(operation + ": " + kind(e.getCause()));
    }
  }

  /**
   * The first word of what Redis says ({@code READONLY}, {@code OOM} …), or the kind of fault;
   * never more.
   */
  private static String kind(@Nullable Throwable fault) {
    if (fault instanceof TimeoutException) {
      return "no answer in time";
    }
    var message = fault == null || fault.getMessage() == null ? "" : fault.getMessage();
    var word = message.split(" ", 2)[0];
    return word.matches("[A-Z]{2,20}") || fault == null ? word : fault.getClass().getSimpleName();
  }
}
