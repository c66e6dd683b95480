package tokenbroker.outbound;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.BasicHttpTransportMetrics;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;
import org.jspecify.annotations.Nullable;
import tokenbroker.config.ProxyAddress;
import tokenbroker.outbound.Reply.NoConnection.Reason;

/** A tunnel through an egress proxy (RFC 9110 §9.3.6). */
final class Tunnel {

  /** The status of some proxies, such as tinyproxy, for wrong credentials. */
  private static final int UNAUTHORIZED = 401;

  private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

  /** There is no tunnel. The text names the proxy and quotes nothing but its status. */
  static final class Failed extends IOException {
    private static final long serialVersionUID = 1;

    private final String text;

    private Failed(String text) {
      super(text);
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  private Tunnel() {}

  /** Returns the fault of a proxy to which there is no connection. */
  static Failed failed(ProxyAddress proxy, Reason reason) {
    return new Failed("egress proxy " + proxy + ": " + reason.text());
  }

  /**
   * Opens the tunnel. Blocks until it is open.
   *
   * @param authorization the broker's credentials at the proxy; null for none
   */
  static void open(Socket socket, ProxyAddress proxy, Origin origin, @Nullable String authorization)
      throws IOException {
    var authority = origin.authority();
    var lines = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
    var request =
        authorization == null
            ? lines + "\r\n"
            : lines + "Proxy-Authorization: " + authorization + "\r\n\r\n";
    var status = status(socket, request.getBytes(US_ASCII));
    if (status < 200 || status >= 300) {
      throw new Failed(text(proxy, authority, status));
    }
  }

  /** Returns the status of the proxy's final answer; 0 if what it sent is not such an answer. */
  private static int status(Socket socket, byte[] request) throws IOException {
    var transport = new BasicHttpTransportMetrics();
    var limits = HttpConnection.LIMITS;
    var received =
        new SessionInputBufferImpl(transport, 1024, 512, limits.getMaxLineLength(), null);
    try {
      socket.getOutputStream().write(request);
      var in = new Unending(socket.getInputStream());
      var parser = new DefaultHttpResponseParser(limits);
      var answer = parser.parse(received, in);
      while (answer != null
          && answer.getCode() < 200
          && transport.getBytesTransferred() <= AnswerInput.LARGEST) {
        answer = parser.parse(received, in);
      }
      // The server has not received anything yet, so bytes after a success cannot come from it.
      return answer == null || (answer.getCode() < 300 && received.hasBufferedData())
          ? 0
          : answer.getCode();
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException | HttpException | RuntimeException e) {
      // The proxy broke the connection, or sent something else than HTTP. The parser also throws
      // unchecked exceptions, for example for a status of 000.
      return 0;
    }
  }

  private static String text(ProxyAddress proxy, String authority, int status) {
    if (status == 0) {
      return "egress proxy %s did not respond to CONNECT %s with a valid HTTP response"
          .formatted(proxy, authority);
    }
    return "egress proxy %s responded %d to CONNECT %s%s"
        .formatted(proxy, status, authority, advice(status));
  }

  /** Returns what the operator can do about a refusal. */
  private static String advice(int status) {
    return switch (status) {
      case UNAUTHORIZED, PROXY_AUTHENTICATION_REQUIRED ->
          ": it requires another user or password, so correct broker.upstream.proxy-credentials-file";
      case 403 ->
          ": its rules forbid this server, so allow it there or in broker.upstream.no-proxy";
      default -> "";
    };
  }

  /** A stream whose end is a fault. The parser takes the end of a stream for the end of a head. */
  private static final class Unending extends FilterInputStream {

    Unending(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      var read = super.read(bytes, offset, length);
      if (read < 0) {
        throw new EOFException();
      }
      return read;
    }
  }
}
