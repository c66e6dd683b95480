package tokenbroker.redis;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tokenbroker.tokens.StoreUnavailable;

/**
 * Redis commands that block for a bounded time and fail with one exception type. A command whose
 * caller has given up before it was sent is never sent.
 */
@Singleton
class RedisCommands {

  /**
   * The time limit of a command. A slower store counts as broken, because a caller may be waiting.
   */
  static final Duration LIMIT = Duration.ofMillis(250);

  /** The time limit if the event loop no longer exists, as when the process ends. */
  private static final Duration NO_EVENT_LOOP = Duration.ofSeconds(30);

  private final EventLoop loop;
  private final Servers servers;

  /**
   * Creates the commands for the configured servers.
   *
   * @param unused makes Quarkus create a client and thereby provide the options for all others; it
   *     does so only if a client is injected
   */
  @Inject
  RedisCommands(RedisClients clients, RedisPassword password, Redis unused, Vertx vertx) {
    this(new EventLoop(vertx), loop -> clients.servers(loop, vertx, password));
  }

  /**
   * Creates the commands for one server.
   *
   * @param clients creates a new client, which is closed with its connection
   */
  RedisCommands(Supplier<Redis> clients, Vertx vertx) {
    this(new EventLoop(vertx), loop -> new Link(loop, new Sessions(loop, "Redis", clients)));
  }

  RedisCommands(EventLoop loop, Function<EventLoop, Servers> servers) {
    this.loop = loop;
    this.servers = servers.apply(loop);
  }

  /** Returns the part that holds a key; see {@link Servers#partOf}. */
  String partOf(String key) {
    return servers.partOf(key);
  }

  @Nullable Response run(Command command, String... arguments) {
    return await(command.toString(), send(command, arguments));
  }

  @Nullable Response script(
      String operation, String script, List<String> keys, String... arguments) {
    return await(operation, sendScript(script, keys, arguments));
  }

  /** Sends a command without waiting for the response. */
  Future<@Nullable Response> send(Command command, String... arguments) {
    var request = Request.cmd(command);
    for (var argument : arguments) {
      request.arg(argument);
    }
    return send(request);
  }

  /** Sends a script without waiting for the response. */
  Future<@Nullable Response> sendScript(String script, List<String> keys, String... arguments) {
    var request = Request.cmd(Command.EVAL).arg(script).arg(keys.size());
    keys.forEach(request::arg);
    for (var argument : arguments) {
      request.arg(argument);
    }
    return send(request);
  }

  /** Opens a separate connection for the caller, on the shared event loop. */
  Session open() {
    return servers.open();
  }

  private Future<@Nullable Response> send(Request request) {
    var outcome = Promise.<@Nullable Response>promise();
    if (!loop.run(() -> send(request, outcome))) {
      outcome.fail(new StoreUnavailable("the broker is shutting down"));
    }
    return outcome.future();
  }

  private void send(Request request, Promise<@Nullable Response> outcome) {
    loop.limit(outcome.future(), LIMIT, () -> outcome.tryFail(new TimeoutException()));
    servers.send(request, outcome.future()).onComplete(outcome::tryComplete, outcome::tryFail);
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
      var message = operation + ": " + RedisFault.kind(e.getCause());
      throw RedisFault.isOfTheKeys(e.getCause())
          ? StoreUnavailable.forOneAccount(message)
          : new StoreUnavailable(message);
    }
  }
}
