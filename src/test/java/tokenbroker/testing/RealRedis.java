package tokenbroker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import redis.embedded.RedisServer;

/** A real Redis in a process of its own, on a free port of the loopback interface. */
public final class RealRedis implements AutoCloseable {

  private final int port;
  private RedisServer server;

  public RealRedis() {
    this(freePort());
  }

  private RealRedis(int port) {
    this.port = port;
    this.server = started(port);
  }

  public int port() {
    return port;
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  /** Ends it; what it held is lost. */
  public void stop() {
    try {
      server.stop();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it again after {@link #stop}, empty, on the same port. */
  public void restart() {
    server = started(port);
  }

  @Override
  public void close() {
    stop();
  }

  private static RedisServer started(int port) {
    try {
      var server =
          RedisServer.newRedisServer()
              .port(port)
              .setting("bind 127.0.0.1")
              .setting("save \"\"")
              .setting("appendonly no")
              .build();
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
