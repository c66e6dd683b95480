package tokenbroker.redis;

import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import org.jspecify.annotations.Nullable;

/** The servers that hold the keys: one server, or the nodes of a cluster. */
interface Servers {

  /**
   * Sends a command to the server that holds its keys. Must be called on the event loop.
   *
   * @param waiting the command is not sent once this has completed
   * @return the response; may never complete if {@code waiting} has completed
   */
  Future<@Nullable Response> send(Request request, Future<?> waiting);

  /**
   * Opens a separate connection for the caller, to a server that delivers all published messages.
   */
  Session open();

  /**
   * Returns the name of the part that holds a key. Parts fail independently of each other. Never
   * blocks; may be called on any thread.
   */
  String partOf(String key);
}
