package tokenbroker.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.SocketFactory;

/** A connection on which a test writes the bytes itself. */
public final class RawConnection implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 30_000;

  /** A response. The names of its header fields are in lower case. */
  public record Answer(int status, Map<String, String> headers, String body) {}

  private final Socket socket;
  private final InputStream input;

  public RawConnection(int port) {
    this(SocketFactory.getDefault(), port);
  }

  public RawConnection(SocketFactory sockets, int port) {
    try {
      socket = sockets.createSocket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(PATIENCE_MILLIS);
      input = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends these bytes, or a part of them if the other side closes meanwhile. */
  public RawConnection send(String bytes) {
    try {
      socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
    } catch (SocketException _) {
      // Closed meanwhile: the test checks the response.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Reads one response that has a {@code Content-Length}. */
  public Answer answer() {
    var status = Integer.parseInt(line().split(" ", 3)[1]);
    var headers = new TreeMap<String, String>();
    for (var field = line(); !field.isEmpty(); field = line()) {
      var parts = field.split(": ?", 2);
      headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
    }
    var length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    try {
      return new Answer(status, headers, new String(input.readNBytes(length), ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the other side closes. Returns false if it sends something before. */
  public boolean isClosedWithoutAnotherWord() {
    try {
      return input.read() < 0;
    } catch (SocketException _) {
      return true; // Reset.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads everything until the other side closes. */
  public String rest() {
    var rest = new StringBuilder();
    try {
      for (var next = input.read(); next >= 0; next = input.read()) {
        rest.append((char) next);
      }
    } catch (SocketException _) {
      // Reset.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rest.toString();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String line() {
    var line = new StringBuilder();
    try {
      for (var next = input.read(); next != '\n'; next = input.read()) {
        if (next < 0) {
          throw new IllegalStateException("closed after: " + line);
        }
        line.append((char) next);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line.toString().stripTrailing();
  }
}
