package tokenbroker.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** The requests of one connection that the {@link Shortcut} answers. */
final class Hits {

  private final Shortcut shortcut;
  private final String address;

  /** Closes idle connections; null if that is switched off. It does not see these requests. */
  private final @Nullable IdleStateHandler idle;

  private boolean isUnflushed;

  Hits(Shortcut shortcut, ChannelPipeline pipeline, InetAddress address) {
    this.shortcut = shortcut;
    this.idle = pipeline.get(IdleStateHandler.class);
    this.address = address.getHostAddress();
  }

  /** Answers a request if the shortcut can. The response is sent by the next {@link #flush}. */
  boolean isAnswered(ChannelHandlerContext context, HttpRequest head, ByteBuf body) {
    var answer = shortcut.answer(head, body, address, context.alloc());
    if (answer == null) {
      return false;
    }
    var _ = context.write(answer, context.voidPromise());
    isUnflushed = true;
    if (idle != null) {
      idle.resetReadTimeout();
    }
    return true;
  }

  /** Sends all responses since the last flush. */
  void flush(ChannelHandlerContext context) {
    if (isUnflushed) {
      isUnflushed = false;
      context.flush();
    }
  }
}
