package tokenbroker.redis;

import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import org.jspecify.annotations.Nullable;

/** The servers that hold the keys: one, or those of a cluster. */
interface Servers {

  /**
   * Sends a command to the server that holds its keys. Called on the event loop.
   *
   * @param waiting a command is not sent any more once this has completed
   * @return may never complete if {@code waiting} has
   */
  Future<@Nullable Response> send(Request request, Future<?> waiting);

  /** Opens a connection of the caller's own, to a server that publishes what any publishes. */
  Session open();

  /**
   * Names the part that holds a key. Parts fail independently of each other. Never blocks, and may
   * be called on any thread.
   */
  String partOf(String key);
}
