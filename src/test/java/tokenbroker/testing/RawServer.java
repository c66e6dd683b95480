package tokenbroker.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/**
 * A server on a real socket. A script of the test decides, byte by byte, what happens on each
 * connection, and the connection is closed when the script ends.
 */
public final class RawServer implements AutoCloseable {

  /** The behaviour of the server on a connection. */
  @FunctionalInterface
  public interface Script {
    void run(Line line) throws IOException, InterruptedException;
  }

  private final ServerSocket server;
  private final AtomicInteger connections = new AtomicInteger();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private volatile Script script = line -> {};

  private RawServer(ServerSocket server) {
    this.server = server;
    Thread.startVirtualThread(this::acceptAll);
  }

  /** Starts a server on a free port of 127.0.0.1. */
  public static RawServer start() {
    return on(ServerSocketFactory.getDefault(), "127.0.0.1", 0);
  }

  public static RawServer on(String address, int port) {
    return on(ServerSocketFactory.getDefault(), address, port);
  }

  public static RawServer on(ServerSocketFactory sockets, String address, int port) {
    try {
      var server = sockets.createServerSocket();
      server.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port));
      return new RawServer(server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sets the script of connections that are accepted from now on. */
  public RawServer script(Script next) {
    script = next;
    return this;
  }

  public int port() {
    return server.getLocalPort();
  }

  /** How many connections were accepted. */
  public int connections() {
    return connections.get();
  }

  /** Returns the heads of all requests so far, in order. */
  public List<String> heads() {
    return List.copyOf(heads);
  }

  @Override
  public void close() {
    try {
      server.close();
      for (var socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void acceptAll() {
    while (!server.isClosed()) {
      try {
        var socket = server.accept();
        open.add(socket);
        var number = connections.incrementAndGet();
        var now = script;
        Thread.startVirtualThread(() -> serve(socket, number, now));
      } catch (IOException e) {
        // Closed: the loop ends.
      }
    }
  }

  private void serve(Socket socket, int number, Script now) {
    try (socket) {
      now.run(new Line(socket, number));
    } catch (IOException e) {
      // The other side has closed, or does not trust the certificate.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One connection. */
  public final class Line {
    private final Socket socket;
    private final int number;
    private final InputStream in;

    private Line(Socket socket, int number) throws IOException {
      this.socket = socket;
      this.number = number;
      this.in = new BufferedInputStream(socket.getInputStream());
    }

    /** 1 for the server's first connection. */
    public int number() {
      return number;
    }

    /** Reads a request, body included, and returns its head. */
    public String request() throws IOException {
      var head = new StringBuilder();
      while (!head.toString().endsWith("\r\n\r\n")) {
        var next = in.read();
        if (next < 0) {
          throw new IOException("no request");
        }
        head.append((char) next);
      }
      heads.add(head.toString());
      head.toString()
          .lines()
          .filter(line -> line.startsWith("Content-Length: "))
          .map(line -> Integer.parseInt(line.substring("Content-Length: ".length())))
          .findAny()
          .ifPresent(this::skip);
      return head.toString();
    }

    private void skip(int bytes) {
      try {
        in.skipNBytes(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    public void write(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(ISO_8859_1));
      socket.getOutputStream().flush();
    }

    /** Sends a complete response and keeps the connection open. */
    public void answer(int status, String body) throws IOException {
      write(
          "HTTP/1.1 %d Scripted\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(status, body.length(), body));
    }

    /** Ends the connection with a reset (RST) instead of FIN. */
    public void resetAtEnd() throws IOException {
      socket.setSoLinger(true, 0);
    }

    /** Waits until the other side closes. */
    public void waitForEnd() throws IOException {
      while (in.read() >= 0) {}
    }

    /** Forwards bytes between this connection and another one, until this one ends. */
    public void passOnTo(Socket other) throws IOException, InterruptedException {
      var back = Thread.startVirtualThread(() -> pass(other, socket));
      in.transferTo(other.getOutputStream());
      other.close();
      back.join();
    }

    private static void pass(Socket from, Socket to) {
      try {
        from.getInputStream().transferTo(to.getOutputStream());
      } catch (IOException e) {
        // One of the sides has closed.
      }
    }
  }
}
