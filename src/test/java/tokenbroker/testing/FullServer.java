package tokenbroker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A server whose queue of connections is full and stays full: a new connection attempt hangs. */
public final class FullServer implements AutoCloseable {

  private final ServerSocket server;
  private final List<Socket> queue = new ArrayList<>();

  private FullServer(String address, int port) throws IOException {
    server = new ServerSocket(port, 1, InetAddress.ofLiteral(address));
    try {
      while (queue.size() < 100) {
        var next = new Socket();
        queue.add(next);
        next.connect(server.getLocalSocketAddress(), 200);
      }
    } catch (SocketTimeoutException full) {
      return;
    }
    throw new IllegalStateException("this system's queues do not fill");
  }

  /** Starts a server on a free port of 127.0.0.1. */
  public static FullServer start() {
    return on("127.0.0.1", 0);
  }

  public static FullServer on(String address, int port) {
    try {
      return new FullServer(address, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() {
    try {
      server.close();
      for (var socket : queue) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
