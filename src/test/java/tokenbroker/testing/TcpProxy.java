package tokenbroker.testing;

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
import java.util.concurrent.locks.LockSupport;
import javax.net.ServerSocketFactory;

/** A network between two processes that can be made slow, or cut. */
public final class TcpProxy implements AutoCloseable {

  private final ServerSocket server;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Duration latency = Duration.ZERO;
  private volatile boolean cut;

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

  public void mend() {
    cut = false;
  }

  /** The connections that are open now. */
  public int connections() {
    return open.size() / 2;
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
        if (cut) {
          near.close();
        } else {
          connect(near, new Socket(InetAddress.getLoopbackAddress(), target));
        }
      } catch (IOException e) {
        // Closed, or nobody at the other end: the other side sees its connection end.
      }
    }
  }

  private void connect(Socket near, Socket far) {
    open.add(near);
    open.add(far);
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
    close(from);
    close(to);
    open.remove(from);
    open.remove(to);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Chunk(ByteArrayInputStream bytes, long due) {}
}
