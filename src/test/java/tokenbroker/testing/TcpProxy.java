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

/** A network between two processes that can be made slow, or cut. */
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

  /** With TLS on the near side, where the factory is one of {@link Certificate#servers}. */
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

  /** From now on each answer comes so much later. */
  public void latency(Duration added) {
    latency = added;
  }

  /** Ends all connections, and takes no new ones until {@link #mend}. */
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
   * Ends all connections, and forwards no new ones until {@link #mend}: whatever each of them says
   * is answered with this text.
   *
   * @param text may be empty: nothing is answered
   * @param thenClose whether the answer ends the connection
   */
  public void answer(String text, boolean thenClose) {
    instead = new Reply(text, thenClose);
    open.forEach(TcpProxy::close);
  }

  /** The connections that are open now. */
  public int connections() {
    return accepted.size();
  }

  /** All connections so far. */
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
        // Closed, or nobody at the other end: the other side sees its connection end.
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
      // Ended by the other side.
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
      // Ended: said to the writer below.
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
      // Ended: so do both sockets.
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
