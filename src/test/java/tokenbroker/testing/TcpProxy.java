package tokenbroker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/** A TCP proxy that a test can slow down or cut, like a network between two processes. */
public final class TcpProxy implements AutoCloseable {

  private final ServerSocket server;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Socket> accepted = ConcurrentHashMap.newKeySet();
  private final AtomicInteger everAccepted = new AtomicInteger();
  private volatile Duration latency = Duration.ZERO;
  private volatile boolean cut;
  private volatile @Nullable Reply instead;

  public TcpProxy(int target) {
    this(target, ServerSocketFactory.getDefault());
  }

  /** Accepts TLS if the factory is one of {@link Certificate#servers}. */
  public TcpProxy(int target, ServerSocketFactory servers) {
    this.target = target;
    try {
      server = servers.createServerSocket(0, 1000, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.startVirtualThread(this::acceptAll);
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Sets a delay for everything that the target sends. */
  public void latency(Duration added) {
    latency = added;
  }

  /** Closes all connections, and each new one at once, until {@link #mend}. */
  public void cut() {
    cut = true;
    open.forEach(TcpProxy::close);
  }

  /** Forwards new connections again. */
  public void mend() {
    cut = false;
    instead = null;
  }

  /**
   * Closes all connections, and forwards no new ones until {@link #mend}. It answers whatever they
   * send with a text of its own.
   *
   * @param text the answer; nothing is sent if it is empty
   * @param thenClose whether to close the connection after the answer
   */
  public void answer(String text, boolean thenClose) {
    instead = new Reply(text, thenClose);
    open.forEach(TcpProxy::close);
  }

  /** Returns how many accepted connections are open. */
  public int connections() {
    return accepted.size();
  }

  /** Returns how many connections were accepted so far. */
  public int everAccepted() {
    return everAccepted.get();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
  }

  private void acceptAll() {
    while (!server.isClosed()) {
      try {
        var near = server.accept();
        everAccepted.incrementAndGet();
        var reply = instead;
        if (cut) {
          near.close();
        } else if (reply == null) {
          connect(near, new Socket(InetAddress.getLoopbackAddress(), target));
        } else {
          open.add(near);
          accepted.add(near);
          Thread.startVirtualThread(() -> answer(near, reply));
        }
      } catch (IOException e) {
        // The proxy is closed, or the target does not listen: the client sees its connection end.
      }
    }
  }

  private void answer(Socket near, Reply reply) {
    var buffer = new byte[16 * 1024];
    try {
      for (var read = near.getInputStream().read(buffer);
          read >= 0;
          read = near.getInputStream().read(buffer)) {
        near.getOutputStream().write(reply.text.getBytes(UTF_8));
        if (reply.thenClose) {
          break;
        }
      }
    } catch (IOException e) {
      // The other side has closed.
    }
    forget(near);
  }

  private void forget(Socket socket) {
    close(socket);
    open.remove(socket);
    accepted.remove(socket);
  }

  private void connect(Socket near, Socket far) {
    open.add(near);
    open.add(far);
    accepted.add(near);
    forward(near, far, false);
    forward(far, near, true);
  }

  private void forward(Socket from, Socket to, boolean late) {
    var chunks = new LinkedBlockingQueue<Chunk>();
    Thread.startVirtualThread(() -> write(chunks, from, to));
    Thread.startVirtualThread(() -> read(chunks, from, late));
  }

  private void read(BlockingQueue<Chunk> chunks, Socket from, boolean late) {
    var buffer = new byte[16 * 1024];
    try {
      for (var read = from.getInputStream().read(buffer);
          read >= 0;
          read = from.getInputStream().read(buffer)) {
        var wait = late ? latency.toNanos() : 0;
        chunks.add(
            new Chunk(
                new ByteArrayInputStream(Arrays.copyOf(buffer, read)), System.nanoTime() + wait));
      }
    } catch (IOException e) {
      // Closed: the empty chunk below tells the writer.
    }
    chunks.add(new Chunk(new ByteArrayInputStream(new byte[0]), System.nanoTime()));
  }

  private void write(BlockingQueue<Chunk> chunks, Socket from, Socket to) {
    try {
      for (var chunk = chunks.take(); chunk.bytes.available() > 0; chunk = chunks.take()) {
        while (System.nanoTime() < chunk.due) {
          LockSupport.parkNanos(chunk.due - System.nanoTime());
        }
        chunk.bytes.transferTo(to.getOutputStream());
      }
    } catch (IOException e) {
      // Closed: both sockets are closed below.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    forget(from);
    forget(to);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Reply(String text, boolean thenClose) {}

  private record Chunk(ByteArrayInputStream bytes, long due) {}
}
