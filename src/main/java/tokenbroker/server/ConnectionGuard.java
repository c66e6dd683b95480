package tokenbroker.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.vertx.core.http.impl.Http1xOrH2CHandler;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The first handler of a connection. Once the protocol is known, it replaces Vert.x's request
 * reader by one with limits. It stops reading if the next request arrives before the current one is
 * answered, or if the peer does not read its answers.
 */
final class ConnectionGuard extends ChannelDuplexHandler implements Sweep.Watched {

  /** The time limit in seconds for a complete head, and for a complete body. */
  static final int DEADLINE = 10;

  private final Entrance entrance;
  private final InetAddress address;
  private @Nullable ChannelHandlerContext context;
  private @Nullable Sweep sweep;
  private @Nullable RequestDecoder decoder;
  private @Nullable Http2Guard streams;
  private boolean isReadHeld;

  /** The second in which the first byte of a still unknown protocol arrived; negative before. */
  private int began = -1;

  ConnectionGuard(Entrance entrance, InetAddress address) {
    this.entrance = entrance;
    this.address = address;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    this.context = context;
    sweep = entrance.sweep(context.channel().eventLoop());
    sweep.add(this);
    var pipeline = context.pipeline();
    if (pipeline.get("handshaker") == null) {
      bound(pipeline);
    } else {
      pipeline.addBefore("handshaker", "handshake-guard", new AfterHandshake());
    }
    context.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (sweep != null) {
      sweep.remove(this);
    }
    context.fireChannelInactive();
  }

  /**
   * Passes bytes on one by one, until Vert.x has told HTTP/1 from HTTP/2. That takes only a few
   * bytes.
   */
  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (decoder == null && streams == null && message instanceof ByteBuf bytes) {
      var pipeline = context.pipeline();
      while (bytes.isReadable() && pipeline.get(Http1xOrH2CHandler.class) != null) {
        began = began < 0 && sweep != null ? sweep.second() : began;
        context.fireChannelRead(bytes.readRetainedSlice(1));
        bound(pipeline);
      }
    }
    context.fireChannelRead(message);
  }

  @Override
  public void read(ChannelHandlerContext context) {
    if (mayRead(context)) {
      context.read();
    } else {
      isReadHeld = true;
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    context.fireChannelWritabilityChanged();
    if (decoder != null && context.channel().isWritable()) {
      decoder.goOn();
    }
    readOn();
  }

  /** Performs a read that was postponed, if nothing forbids it any more. */
  void readOn() {
    if (isReadHeld && context != null && mayRead(context)) {
      isReadHeld = false;
      context.read();
    }
  }

  private boolean mayRead(ChannelHandlerContext context) {
    return context.channel().isWritable() && (decoder == null || !decoder.isFull());
  }

  private void bound(ChannelPipeline pipeline) {
    if (sweep == null) {
      return;
    }
    if (pipeline.get("httpDecoder") != null) {
      var shortcut = entrance.shortcut();
      decoder =
          RequestDecoder.in(
              pipeline,
              this,
              entrance.form(),
              shortcut == null ? null : new Hits(shortcut, pipeline, address),
              sweep);
    }
    var http2 = pipeline.get(Http2ConnectionHandler.class);
    if (http2 != null && pipeline.get("ssl") == null && !entrance.speaksPlainHttp2()) {
      var _ = pipeline.channel().close();
    } else if (http2 != null) {
      streams = Http2Guard.in(pipeline, http2, entrance.places(), address);
    }
  }

  @Override
  public boolean isOverdue(int second) {
    if (decoder != null) {
      return decoder.isOverdue(second);
    }
    return streams == null ? began >= 0 && second - began > DEADLINE : streams.isOverdue(second);
  }

  @Override
  public void end() {
    if (context != null) {
      var _ = context.close();
    }
  }

  /**
   * A handler before Vert.x's own. It handles the same event as that handler, which builds the rest
   * of the pipeline.
   */
  private final class AfterHandshake extends ChannelInboundHandlerAdapter {

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      context.fireUserEventTriggered(event);
      if (event instanceof SslHandshakeCompletionEvent) {
        bound(context.pipeline());
        context.pipeline().remove(this);
      }
    }
  }
}
