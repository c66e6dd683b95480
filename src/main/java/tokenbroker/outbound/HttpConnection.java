package tokenbroker.outbound;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.BasicHttpTransportMetrics;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.DefaultContentLengthStrategy;
import org.apache.hc.core5.http.impl.io.ChunkedInputStream;
import org.apache.hc.core5.http.impl.io.ContentLengthInputStream;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.impl.io.IdentityInputStream;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.message.MessageSupport;
import org.jspecify.annotations.Nullable;
import tokenbroker.outbound.Body.CutOff;
import tokenbroker.outbound.Body.TooLarge;
import tokenbroker.outbound.Body.Unframed;
import tokenbroker.outbound.Body.Whole;
import tokenbroker.time.Moment;

/** An open HTTP/1.1 connection for consecutive exchanges. Blocks; not thread-safe. */
final class HttpConnection {

  /** The limits of a head: at most 100 lines of 16 KiB each. */
  static final Http1Config LIMITS =
      Http1Config.custom().setMaxLineLength(16 * 1024).setMaxHeaderCount(100).build();

  /** The outcome of an exchange. */
  sealed interface Outcome {
    /**
     * A final answer.
     *
     * @param reusable whether another exchange may follow on the connection
     */
    record Answer(int status, HttpHeaders headers, Body body, boolean reusable)
        implements Outcome {}

    /** The server sent bytes that are not an HTTP answer. */
    record NotHttp() implements Outcome {}

    /**
     * The connection ended before the head of the answer was complete.
     *
     * @param silent whether it ended before the first byte of an answer
     */
    record Ended(boolean silent) implements Outcome {}
  }

  final Route route;
  final InetAddress address;
  final Moment opened;
  private final Socket socket;
  private final Socket layered;
  private final BasicHttpTransportMetrics transport = new BasicHttpTransportMetrics();
  private final SessionInputBufferImpl received =
      new SessionInputBufferImpl(transport, 2 * 1024, 512, LIMITS.getMaxLineLength(), null);

  /**
   * Takes over an open connection.
   *
   * @param socket the TCP connection, whose closing never blocks
   * @param layered the TLS socket over it, or else the same socket
   */
  HttpConnection(Route route, InetAddress address, Socket socket, Socket layered, Moment opened) {
    this.route = route;
    this.address = address;
    this.opened = opened;
    this.socket = socket;
    this.layered = layered;
  }

  void close() {
    TimeLimit.close(socket);
  }

  /**
   * Returns whether the connection is as the last exchange left it. Anything that has arrived since
   * then is either its end, or bytes that must not count as the next answer.
   */
  boolean isUntouched() {
    try {
      return !socket.isClosed()
          && !received.hasBufferedData()
          && socket.getInputStream().available() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Sends a request and reads the answer.
   *
   * @param time closes the connection when the time limit passes
   * @param largeAnswers the slots for answers that are not small
   */
  Outcome exchange(OutboundRequest request, TimeLimit time, Semaphore largeAnswers) {
    time.covers(socket);
    var bytes = RequestHead.with(request, route.origin()).getBytes(UTF_8);
    var before = transport.getBytesTransferred();
    try (var in = new AnswerInput(layered.getInputStream(), time, largeAnswers)) {
      var out = layered.getOutputStream();
      out.write(bytes);
      out.flush();
      var head = head(in);
      return head == null
          ? new Outcome.Ended(transport.getBytesTransferred() == before)
          : answer(head, in);
    } catch (MessageConstraintException | HttpException e) {
      return new Outcome.NotHttp();
    } catch (IOException e) {
      return new Outcome.Ended(transport.getBytesTransferred() == before);
    } catch (RuntimeException e) {
      // The parser also throws unchecked exceptions, for example for a status of 000. No bytes from
      // a server may cause an exception beyond this method.
      return new Outcome.NotHttp();
    }
  }

  /** Returns the head of the final answer, or null if the connection ends before it. */
  private @Nullable ClassicHttpResponse head(InputStream in) throws IOException, HttpException {
    var parser = new DefaultHttpResponseParser(LIMITS);
    var head = parser.parse(received, in);
    while (head != null && head.getCode() < 200 && head.getCode() != 101) {
      head = parser.parse(received, in);
    }
    return head;
  }

  private Outcome answer(ClassicHttpResponse head, InputStream in) throws IOException {
    var headers = headers(head);
    var body = ContentCoding.undo(body(head, in), headers);
    var reusable =
        body instanceof Whole
            && head.getCode() >= 200
            && !received.hasBufferedData()
            && DefaultConnectionReuseStrategy.INSTANCE.keepAlive(null, head, null);
    return new Outcome.Answer(head.getCode(), headers, body, reusable);
  }

  private static HttpHeaders headers(ClassicHttpResponse head) {
    var headers = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
    for (var header : head.getHeaders()) {
      headers
          .computeIfAbsent(header.getName(), name -> new ArrayList<>())
          .add(String.valueOf(header.getValue()));
    }
    return HttpHeaders.of(headers, (name, value) -> true);
  }

  private Body body(ClassicHttpResponse head, InputStream in) throws IOException {
    if (!MessageSupport.canResponseHaveBody(head)) {
      return new Whole(new byte[0]);
    }
    long length;
    try {
      length = DefaultContentLengthStrategy.INSTANCE.determineLength(head);
    } catch (HttpException e) {
      return new Unframed();
    }
    return length > Body.LIMIT ? new TooLarge() : read(content(length, in));
  }

  /**
   * Returns a stream that ends where the body ends.
   *
   * @param length negative for a chunked body, or for one that ends with the connection
   */
  private InputStream content(long length, InputStream in) {
    SessionInputBuffer buffer = received;
    if (length >= 0) {
      return new ContentLengthInputStream(buffer, in, length);
    }
    return length == ContentLengthStrategy.CHUNKED
        ? new ChunkedInputStream(buffer, in, LIMITS)
        : new IdentityInputStream(buffer, in);
  }

  /**
   * Reads the body. It does not close the stream, because that would read the stream to its end.
   */
  private static Body read(InputStream content) {
    var bytes = new ByteArrayOutputStream();
    var chunk = new byte[8 * 1024];
    try {
      for (var read = content.read(chunk); read >= 0; read = content.read(chunk)) {
        bytes.write(chunk, 0, read);
        if (bytes.size() > Body.LIMIT) {
          return new TooLarge();
        }
      }
      return new Whole(bytes.toByteArray());
    } catch (IOException | RuntimeException e) {
      return new CutOff();
    }
  }
}
