package tokenbroker.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * The outgoing answers of an HTTP/1 connection. An answer that begins before its request is
 * complete is the last one: it announces that, and the connection closes.
 */
final class Answers extends ChannelOutboundHandlerAdapter {

  private final RefusalForm form;
  private @Nullable RequestDecoder requests;
  private @Nullable ChannelHandlerContext context;
  private boolean hasBegun;
  private boolean isLast;

  Answers(RefusalForm form) {
    this.form = form;
  }

  void of(RequestDecoder requests) {
    this.requests = requests;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    this.context = context;
  }

  /** Resets the state for a new request. */
  void begin() {
    hasBegun = false;
    isLast = false;
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (requests == null || (requests.isEnding() && !isLast)) {
      ReferenceCountUtil.release(message); // The request has already been refused.
      promise.trySuccess();
      return;
    }
    if (message instanceof HttpResponse answer) {
      if (answer.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
        var _ = context.write(message, promise);
        return;
      }
      hasBegun = true;
      isLast = requests.isEarly();
      if (isLast) {
        answer.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      }
    }
    if (message instanceof LastHttpContent) {
      var _ = context.write(message, isLast ? farewell(promise) : promise);
      requests.answered(isLast);
    } else {
      var _ = context.write(message, promise);
    }
  }

  /** Sends the answer to a refused request in place of the REST API, unless an answer has begun. */
  void refuse(int status, @Nullable HttpRequest head, boolean isLast) {
    if (context == null || hasBegun) {
      return; // The rest of that answer is dropped, and the connection is closed.
    }
    hasBegun = true;
    var answer = refusal(status, head);
    answer.headers().set(HttpHeaderNames.CONTENT_LENGTH, answer.content().readableBytes());
    if (isLast) {
      answer.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else {
      hasBegun = false;
    }
    var promise = context.newPromise();
    var _ = context.writeAndFlush(answer, isLast ? farewell(promise) : promise);
  }

  private DefaultFullHttpResponse refusal(int status, @Nullable HttpRequest head) {
    var described =
        form.answer(
            status,
            head == null ? null : head.uri(),
            head == null ? null : head.headers().get("traceparent"));
    var hasBody = head == null || !head.method().equals(HttpMethod.HEAD);
    var answer =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(status),
            hasBody ? Unpooled.copiedBuffer(described.body(), UTF_8) : Unpooled.EMPTY_BUFFER);
    described.headers().forEach(answer.headers()::set);
    return answer;
  }

  /**
   * Closes the connection after the last answer. The broker closes its own direction at once, but
   * still reads what the peer sends, so that the answer is not lost.
   */
  private ChannelPromise farewell(ChannelPromise promise) {
    return promise.unvoid().addListener(_ -> hangUp());
  }

  private void hangUp() {
    if (context == null) {
      return;
    }
    Channel channel = context.channel();
    if (channel instanceof DuplexChannel both && channel.pipeline().get("ssl") == null) {
      var _ = both.shutdownOutput();
    }
  }
}
