package tokenbroker.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * An HTTP/2 connection over TLS that opens POST requests and never ends one. It builds its frames
 * itself, because no client library does this.
 */
public final class Http2Attacker implements AutoCloseable {

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int END_HEADERS = 4;
  private static final int ACK = 1;
  private static final int LARGEST_FRAME = 16_384;

  private final SSLSocket socket;
  private final OutputStream output;
  private final AtomicInteger answered = new AtomicInteger();
  private final boolean acknowledges;
  private volatile boolean over;
  private int next = 1;

  /**
   * Connects from one of the loopback addresses.
   *
   * @param acknowledges whether the server's SETTINGS are acknowledged
   */
  public Http2Attacker(SSLContext trust, String from, int port, boolean acknowledges) {
    this.acknowledges = acknowledges;
    try {
      socket = (SSLSocket) trust.getSocketFactory().createSocket();
      var parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2"});
      socket.setSSLParameters(parameters);
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      socket.startHandshake();
      output = socket.getOutputStream();
      output.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
      write(SETTINGS, 0, 0, new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::listen);
  }

  /**
   * Opens streams with heads of this size. Returns how many, which is fewer if the server closes.
   */
  public int open(int streams, int headSize) {
    var head = head(headSize);
    for (var i = 0; i < streams; i++) {
      if (over) {
        return i;
      }
      try {
        write(HEADERS, END_HEADERS, next, head);
        write(DATA, 0, next, new byte[] {'x'});
      } catch (IOException e) {
        return i;
      }
      next += 2;
    }
    return streams;
  }

  /** Returns how many streams the server has begun to answer. */
  public int answered() {
    return answered.get();
  }

  private void listen() {
    try (var input = new DataInputStream(new BufferedInputStream(socket.getInputStream()))) {
      while (true) {
        var lengthAndType = input.readInt();
        var flags = input.readUnsignedByte();
        input.readInt();
        input.skipNBytes(lengthAndType >>> 8);
        var type = lengthAndType & 0xff;
        if (type == HEADERS) {
          answered.incrementAndGet();
        } else if (type == SETTINGS && (flags & ACK) == 0 && acknowledges) {
          write(SETTINGS, ACK, 0, new byte[0]);
        }
      }
    } catch (IOException e) {
      over = true;
    }
  }

  private synchronized void write(int type, int flags, int stream, byte[] payload)
      throws IOException {
    var frame = new ByteArrayOutputStream();
    frame.writeBytes(
        new byte[] {
          (byte) (payload.length >> 16),
          (byte) (payload.length >> 8),
          (byte) payload.length,
          (byte) type,
          (byte) flags,
          (byte) (stream >> 24),
          (byte) (stream >> 16),
          (byte) (stream >> 8),
          (byte) stream
        });
    frame.writeBytes(payload);
    output.write(frame.toByteArray());
  }

  /** Encodes a head as HPACK literal fields without indexing (RFC 7541 §6.2.2). */
  private static byte[] head(int size) {
    var head = new ByteArrayOutputStream();
    field(head, ":method", "POST");
    field(head, ":scheme", "https");
    field(head, ":authority", "127.0.0.1");
    field(head, ":path", "/tokens/client-0/invalidate");
    field(head, "content-type", "application/json");
    for (var i = 0; head.size() < Math.min(size, LARGEST_FRAME) - 1000; i++) {
      field(head, "x-" + i, "x".repeat(900));
    }
    return head.toByteArray();
  }

  private static void field(ByteArrayOutputStream head, String name, String value) {
    head.write(0);
    text(head, name);
    text(head, value);
  }

  private static void text(ByteArrayOutputStream head, String text) {
    var rest = text.length() - 127;
    head.write(Math.min(text.length(), 127));
    for (; rest >= 128; rest >>= 7) {
      head.write((rest & 127) | 128);
    }
    if (text.length() >= 127) {
      head.write(rest);
    }
    head.writeBytes(text.getBytes(ISO_8859_1));
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
