package tokenbroker.outbound;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.Socket;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;

/** A tunnel through an egress proxy (RFC 9110 §9.3.6). */
final class Tunnel {

  /** The proxy did not open the tunnel. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1;

    private Refused() {
      super("the egress proxy did not open a tunnel");
    }
  }

  private Tunnel() {}

  /** Opens the tunnel. Blocks until it is open. */
  static void open(Socket socket, Origin origin) throws IOException {
    var authority = origin.authority();
    var request = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(US_ASCII));
    var received = new SessionInputBufferImpl(1024, HttpConnection.LIMITS.getMaxLineLength());
    try {
      var parser = new DefaultHttpResponseParser(HttpConnection.LIMITS);
      var answer = parser.parse(received, socket.getInputStream());
      while (answer != null && answer.getCode() < 200) {
        answer = parser.parse(received, socket.getInputStream());
      }
      // The server has not received anything yet, so bytes after the head cannot come from it.
      if (answer == null || answer.getCode() >= 300 || received.hasBufferedData()) {
        throw new Refused();
      }
    } catch (HttpException | RuntimeException e) {
      // The parser also throws unchecked exceptions, for example for a status of 000.
      throw new Refused();
    }
  }
}
