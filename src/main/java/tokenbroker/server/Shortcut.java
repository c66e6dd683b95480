package tokenbroker.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * The answers to the most frequent requests of HTTP/1.1, straight from memory. A request that is
 * answered here costs no objects of Vert.x, Quarkus and the REST API.
 */
public interface Shortcut {

  /**
   * Returns the whole response, or null if the REST API must answer. The connection stays open
   * after the response. Runs on the event loop of the connection, and never blocks.
   *
   * @param head a valid head (RFC 9112 §3)
   * @param body the whole body, empty if the request has none; it is only read
   * @param address the remote address of the connection, in numbers
   * @param memory where to allocate the response
   */
  @Nullable ByteBuf answer(HttpRequest head, ByteBuf body, String address, ByteBufAllocator memory);
}
