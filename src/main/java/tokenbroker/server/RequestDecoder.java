package tokenbroker.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the requests of an HTTP/1 connection, one at a time. The next request stays unread until
 * the current one is answered. This decoder refuses a request that is too large or malformed, and
 * passes none of it on.
 */
final class RequestDecoder extends VertxHttpRequestDecoder {

  /**
   * The maximum size of a head in bytes, including the request line. It has room for a JWT of 8 KiB
   * and the other headers that clients send.
   */
  static final int LARGEST_HEAD = 12 * 1024;

  static final int LONGEST_LINE = 8 * 1024;
  static final int LARGEST_BODY = 16 * 1024;

  /** The maximum number of pieces of a body. Each piece is an object, however small it is. */
  private static final int MOST_PIECES = 256;

  /**
   * The seconds in which the peer must take its last answer. Meanwhile the rest of its request is
   * discarded.
   */
  private static final int FAREWELL = 2;

  /** The length of a body that is sent in chunks. */
  private static final long UNKNOWN = -1;

  private static final HttpServerOptions LIMITS =
      new HttpServerOptions()
          .setMaxInitialLineLength(LONGEST_LINE)
          .setMaxHeaderSize(LARGEST_HEAD)
          .setMaxChunkSize(8 * 1024);

  private enum Stage {
    IDLE,
    HEAD,
    BODY,
    ANSWERING,
    ENDING
  }

  private final ConnectionGuard guard;
  private final Answers answers;
  private final @Nullable Hits hits;
  private final Sweep sweep;
  private final boolean mayUpgrade;
  private Stage stage = Stage.IDLE;
  private int since;
  private @Nullable HttpRequest request;

  /** The head of a request whose whole body has arrived but is not read yet. */
  private @Nullable HttpRequest held;

  private int headSize;
  private int bodySize;
  private int pieces;
  private boolean isAnswered;
  private boolean isReading;
  private @Nullable ChannelHandlerContext context;

  private RequestDecoder(
      ConnectionGuard guard,
      Answers answers,
      @Nullable Hits hits,
      Sweep sweep,
      boolean mayUpgrade) {
    super(LIMITS);
    this.guard = guard;
    this.answers = answers;
    this.hits = hits;
    this.sweep = sweep;
    this.mayUpgrade = mayUpgrade;
  }

  /**
   * Replaces Vert.x's own decoder, and takes over all bytes that it has not read yet.
   *
   * @param hits null if the REST API answers all requests
   */
  static RequestDecoder in(
      ChannelPipeline pipeline,
      ConnectionGuard guard,
      RefusalForm form,
      @Nullable Hits hits,
      Sweep sweep) {
    var answers = new Answers(form);
    var decoder = new RequestDecoder(guard, answers, hits, sweep, pipeline.get("h2c") != null);
    answers.of(decoder);
    pipeline.addAfter("httpEncoder", "answers", answers);
    pipeline.replace("httpDecoder", "httpDecoder", decoder);
    return decoder;
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) throws Exception {
    this.context = null;
    super.handlerRemoved0(context);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    this.context = context;
    isReading = true;
    try {
      super.channelRead(context, message);
    } finally {
      isReading = false;
      guard.readOn();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws Exception {
    if (hits != null) {
      hits.flush(context);
    }
    super.channelReadComplete(context);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> read)
      throws Exception {
    switch (stage) {
      case IDLE, HEAD -> readHead(context, bytes, read);
      case BODY -> readBody(context, bytes, read);
      case ANSWERING -> {}
      case ENDING -> bytes.skipBytes(bytes.readableBytes());
    }
  }

  private void readHead(ChannelHandlerContext context, ByteBuf bytes, List<Object> read)
      throws Exception {
    if (stage == Stage.IDLE) {
      if (!context.channel().isWritable()) {
        return; // A peer that does not read its answers is not read either.
      }
      enter(Stage.HEAD);
      answers.begin();
      request = null;
      headSize = 0;
    }
    var start = bytes.readerIndex();
    super.decode(context, bytes, read);
    headSize += bytes.readerIndex() - start;
    var head = read.isEmpty() ? request : (HttpRequest) read.getFirst();
    var status = Heads.status(head, headSize, !read.isEmpty());
    if (status != Heads.FINE) {
      refuse(status, request == null ? Heads.inLine(bytes, start) : request, read);
    } else if (head != null && !read.isEmpty()) {
      accept(context, bytes, head, read);
    }
  }

  @Override
  protected HttpMessage createMessage(String[] initialLine) {
    var message = super.createMessage(initialLine);
    request = (HttpRequest) message;
    return message;
  }

  private void accept(
      ChannelHandlerContext context, ByteBuf bytes, HttpRequest head, List<Object> read) {
    isAnswered = false;
    bodySize = 0;
    pieces = 0;
    if (mayUpgrade) {
      head.headers().remove(HttpHeaderNames.UPGRADE);
    }
    if (read.getLast() instanceof LastHttpContent) {
      enter(isHit(context, head, Unpooled.EMPTY_BUFFER, read) ? Stage.IDLE : Stage.ANSWERING);
      return;
    }
    var length = HttpUtil.getContentLength(head, UNKNOWN);
    if (length > LARGEST_BODY) {
      refuse(413, head, read);
      return;
    }
    enter(Stage.BODY);
    if (hits != null && length != UNKNOWN && length <= bytes.readableBytes()) {
      held = head;
      read.clear();
    }
  }

  /** Answers the request if the answer is in memory. Then nothing of the request is passed on. */
  private boolean isHit(
      ChannelHandlerContext context, HttpRequest head, ByteBuf body, List<Object> read) {
    if (hits == null || !hits.isAnswered(context, head, body)) {
      return false;
    }
    read.forEach(ReferenceCountUtil::release);
    read.clear();
    return true;
  }

  private void readBody(ChannelHandlerContext context, ByteBuf bytes, List<Object> read)
      throws Exception {
    super.decode(context, bytes, read);
    for (var piece : read) {
      var content = (HttpContent) piece;
      bodySize += content.content().readableBytes();
      pieces++;
      if (content.decoderResult().isFailure()) {
        refuse(400, request, read);
        return;
      }
    }
    if (bodySize > LARGEST_BODY || pieces > MOST_PIECES) {
      refuse(413, request, read);
    } else if (!read.isEmpty()) {
      readHeld(context, read);
    }
  }

  private void readHeld(ChannelHandlerContext context, List<Object> read) {
    var head = held;
    held = null;
    var isComplete = read.getLast() instanceof LastHttpContent;
    if (head != null
        && isComplete
        && read.size() == 1
        && isHit(context, head, ((HttpContent) read.getFirst()).content(), read)) {
      enter(Stage.IDLE);
      return;
    }
    if (head != null) {
      read.addFirst(head);
    }
    if (isComplete) {
      enter(isAnswered ? Stage.IDLE : Stage.ANSWERING);
    }
  }

  /**
   * Refuses a request. If the request is complete, the connection stays open or closes as the
   * request asks. Otherwise the connection closes.
   */
  private void refuse(int status, @Nullable HttpRequest head, List<Object> read) {
    var isWhole =
        status == 400
            && read.size() == 2
            && stage == Stage.HEAD
            && head != null
            && HttpUtil.isKeepAlive(head);
    read.forEach(ReferenceCountUtil::release);
    read.clear();
    held = null;
    enter(isWhole ? Stage.IDLE : Stage.ENDING);
    answers.refuse(status, head, !isWhole);
  }

  /**
   * Returns whether an answer that begins now is the last one, because the rest of the request has
   * not arrived.
   */
  boolean isEarly() {
    return stage == Stage.BODY
        && (request == null
            || HttpUtil.getContentLength(request, Long.MAX_VALUE) - bodySize
                > internalBuffer().readableBytes());
  }

  /** Notes that an answer has been written completely. */
  void answered(boolean isLast) {
    if (isLast) {
      enter(Stage.ENDING);
    } else if (stage == Stage.BODY) {
      isAnswered = true;
    } else if (stage == Stage.ANSWERING) {
      enter(Stage.IDLE);
      goOn();
    }
  }

  /**
   * Reads the bytes that have waited. It does so in a separate task, because it may be called while
   * an answer is being written.
   */
  void goOn() {
    var own = context;
    if (!isReading && own != null && actualReadableBytes() > 0) {
      own.executor().execute(() -> readAgain(own));
    } else if (!isReading) {
      guard.readOn();
    }
  }

  private void readAgain(ChannelHandlerContext own) {
    try {
      if (!own.isRemoved()) {
        channelRead(own, Unpooled.EMPTY_BUFFER);
        channelReadComplete(own); // This makes Vert.x flush its answers.
      }
    } catch (Exception e) {
      own.fireExceptionCaught(e);
    }
  }

  /** Returns whether the next request has begun to arrive before the current one is answered. */
  boolean isFull() {
    return stage == Stage.ANSWERING && actualReadableBytes() > 0;
  }

  boolean isEnding() {
    return stage == Stage.ENDING;
  }

  boolean isOverdue(int second) {
    return switch (stage) {
      case IDLE, ANSWERING -> false;
      case HEAD, BODY -> second - since > ConnectionGuard.DEADLINE;
      case ENDING -> second - since > FAREWELL;
    };
  }

  private void enter(Stage next) {
    stage = next;
    since = sweep.second();
  }
}
