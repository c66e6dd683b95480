package tokenbroker.server;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The handler of a listening socket. It closes a connection that gets no slot, and puts a guard in
 * front of every other connection.
 */
@ChannelHandler.Sharable
final class Entrance extends ChannelInboundHandlerAdapter {

  /**
   * The maximum size of one read. So it is also the maximum that lies unread in a buffer while a
   * request is answered.
   */
  private static final int LARGEST_READ = 16 * 1024;

  /**
   * The limit on unread answers. The broker stops reading from a peer that does not read its
   * answers.
   */
  private static final WriteBufferWaterMark UNREAD_ANSWERS =
      new WriteBufferWaterMark(8 * 1024, 16 * 1024);

  private final Places places;
  private final RefusalForm form;
  private final @Nullable Shortcut shortcut;
  private final boolean speaksPlainHttp2;
  private final Map<EventLoop, Sweep> sweeps = new ConcurrentHashMap<>();

  /**
   * Creates an entrance.
   *
   * @param shortcut null if the REST API answers all requests
   */
  Entrance(Places places, RefusalForm form, @Nullable Shortcut shortcut, boolean speaksPlainHttp2) {
    this.places = places;
    this.form = form;
    this.shortcut = shortcut;
    this.speaksPlainHttp2 = speaksPlainHttp2;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    var connection = (Channel) accepted;
    if (!(connection.remoteAddress() instanceof InetSocketAddress remote)) {
      connection.unsafe().closeForcibly(); // The peer has already disconnected.
      return;
    }
    var address = remote.getAddress();
    if (!places.take(address)) {
      connection.unsafe().closeForcibly();
      return;
    }
    connection.closeFuture().addListener(_ -> places.giveBack(address));
    connection
        .config()
        .setWriteBufferWaterMark(UNREAD_ANSWERS)
        .setRecvByteBufAllocator(
            new AdaptiveRecvByteBufAllocator(64, 2048, LARGEST_READ).maxMessagesPerRead(1));
    connection.pipeline().addLast("guard", new ConnectionGuard(this, address));
    context.fireChannelRead(connection);
  }

  Sweep sweep(EventLoop loop) {
    return sweeps.computeIfAbsent(loop, Sweep::on);
  }

  Places places() {
    return places;
  }

  RefusalForm form() {
    return form;
  }

  /** Returns the shortcut of requests here; null if there is none. */
  @Nullable Shortcut shortcut() {
    return shortcut;
  }

  /** Returns whether HTTP/2 without TLS is enabled. */
  boolean speaksPlainHttp2() {
    return speaksPlainHttp2;
  }
}
