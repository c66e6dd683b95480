package tokenbroker.redis;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tokenbroker.tokens.StoreUnavailable;

/** Redis commands that block, for a bounded time, and fail in one way. */
final class Commands {

  /** A store that takes longer than this is taken for broken: a caller may be waiting. */
  static final Duration TIME_LIMIT = Duration.ofMillis(250);

  private static final Duration LATE = Duration.ofMillis(20);

  private final Redis redis;

  Commands(Redis redis) {
    this.redis = redis;
  }

  @Nullable Response run(Command command, String... arguments) {
    var request = Request.cmd(command);
    for (var argument : arguments) {
      request.arg(argument);
    }
    return await(command.toString(), () -> redis.send(request));
  }

  @Nullable Response script(
      String operation, String script, List<String> keys, String... arguments) {
    return await(operation, () -> sendScript(script, keys, arguments));
  }

  /** Does not wait for the answer. */
  Future<@Nullable Response> sendScript(String script, List<String> keys, String... arguments) {
    var request = Request.cmd(Command.EVAL).arg(script).arg(keys.size());
    keys.forEach(request::arg);
    for (var argument : arguments) {
      request.arg(argument);
    }
    return redis.send(request);
  }

  static <T> @Nullable T await(String operation, Supplier<Future<T>> command) {
    try {
      return inTime(command.get().toCompletionStage().toCompletableFuture());
    } catch (TimeoutException e) {
      throw new StoreUnavailable(operation + ": no answer in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailable(operation + ": interrupted");
    } catch (ExecutionException e) {
      throw new StoreUnavailable(operation + ": " + kind(e.getCause()));
    } catch (RuntimeException e) {
      throw new StoreUnavailable(operation + ": " + kind(e));
    }
  }

  /**
   * A time limit that is over well before this thread is woken tells that this process is short of
   * processors, not that the store is slow: the answer may be there already, waiting like this
   * thread did. So the wait begins anew, a few times.
   */
  private static <T> T inTime(CompletableFuture<T> answer)
      throws TimeoutException, InterruptedException, ExecutionException {
    for (var patience = 5; ; patience--) {
      var begun = System.nanoTime();
      try {
        return answer.get(TIME_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        var late = System.nanoTime() - begun - TIME_LIMIT.toNanos();
        if (patience == 0 || late < LATE.toNanos()) {
          throw e;
        }
      }
    }
  }

  /**
   * The first word of what Redis says ({@code READONLY}, {@code OOM} …), or the kind of fault;
   * never more.
   */
  private static String kind(@Nullable Throwable fault) {
    var message = fault == null || fault.getMessage() == null ? "" : fault.getMessage();
    var word = message.split(" ", 2)[0];
    return word.matches("[A-Z]{2,20}") || fault == null ? word : fault.getClass().getSimpleName();
  }
}
