package tokenbroker.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.net.InetAddress;
import java.util.ArrayList;

/**
 * The limits on an HTTP/2 connection's streams: their number, the size of a body, and the time for
 * it. The limit on their number holds even before the client acknowledges it. Each stream uses a
 * slot.
 */
final class Http2Guard extends Http2ConnectionAdapter {

  /**
   * The smallest limit that RFC 9113 §5.1.2 recommends. Clients assume it before they know ours.
   */
  static final int MOST_STREAMS = 100;

  private final Http2ConnectionHandler handler;
  private final ChannelHandlerContext context;
  private final Places places;
  private final InetAddress address;
  private final Http2Connection.PropertyKey placed;
  private final Http2Connection.PropertyKey received;
  private final Http2Connection.PropertyKey seen;

  private Http2Guard(
      Http2ConnectionHandler handler,
      ChannelHandlerContext context,
      Places places,
      InetAddress address) {
    this.handler = handler;
    this.context = context;
    this.places = places;
    this.address = address;
    this.placed = handler.connection().newKey();
    this.received = handler.connection().newKey();
    this.seen = handler.connection().newKey();
  }

  static Http2Guard in(
      ChannelPipeline pipeline,
      Http2ConnectionHandler handler,
      Places places,
      InetAddress address) {
    var guard = new Http2Guard(handler, pipeline.context(handler), places, address);
    handler.connection().addListener(guard);
    handler.connection().remote().maxActiveStreams(MOST_STREAMS);
    guard.countBodies();
    return guard;
  }

  /** Puts {@link Bodies} before the listener of the connection's frames. */
  private void countBodies() {
    var listener = handler.decoder().frameListener();
    if (!(listener instanceof Bodies)) {
      handler.decoder().frameListener(new Bodies(listener));
    }
  }

  /**
   * Takes a slot for the stream, or resets the stream. The REST API never sees a stream that is
   * reset here, because its head is ignored.
   */
  @Override
  public void onStreamActive(Http2Stream stream) {
    if (places.take(address)) {
      stream.setProperty(placed, true);
    } else {
      reset(stream, Http2Error.REFUSED_STREAM);
    }
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    if (stream.removeProperty(placed) != null) {
      places.giveBack(address);
    }
  }

  /**
   * Resets the streams whose request is not complete in time. Returns true only if the connection
   * must be closed, because its streams cannot be reset.
   */
  boolean isOverdue(int second) {
    var late = new ArrayList<Http2Stream>();
    try {
      handler
          .connection()
          .forEachActiveStream(
              stream -> {
                if (stream.state().remoteSideOpen() && isLate(stream, second)) {
                  late.add(stream);
                }
                return true;
              });
    } catch (Http2Exception e) {
      return true;
    }
    late.forEach(stream -> reset(stream, Http2Error.CANCEL));
    return false;
  }

  private boolean isLate(Http2Stream stream, int second) {
    Integer first = stream.getProperty(seen);
    if (first == null) {
      stream.setProperty(seen, second);
      return false;
    }
    return second - first > ConnectionGuard.DEADLINE;
  }

  private void reset(Http2Stream stream, Http2Error error) {
    var _ = handler.resetStream(context, stream.id(), error.code(), context.newPromise());
    context.flush();
  }

  /** Counts the received bytes of each body, and resets the stream of one that is too large. */
  private final class Bodies extends Http2FrameListenerDecorator {

    Bodies(Http2FrameListener next) {
      super(next);
    }

    /** Vert.x installs another listener when it reads the client's first settings. */
    @Override
    public void onSettingsRead(ChannelHandlerContext reader, Http2Settings settings)
        throws Http2Exception {
      super.onSettingsRead(reader, settings);
      countBodies();
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext reader, int id, ByteBuf data, int padding, boolean isEnd)
        throws Http2Exception {
      var stream = handler.connection().stream(id);
      Integer before = stream == null ? null : stream.getProperty(received);
      var size = (before == null ? 0 : before) + data.readableBytes();
      if (stream != null && size > RequestDecoder.LARGEST_BODY) {
        var read = data.readableBytes() + padding;
        reset(stream, Http2Error.ENHANCE_YOUR_CALM);
        return read;
      }
      if (stream != null) {
        stream.setProperty(received, size);
      }
      return super.onDataRead(reader, id, data, padding, isEnd);
    }
  }
}
