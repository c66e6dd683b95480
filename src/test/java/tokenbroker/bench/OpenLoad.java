package tokenbroker.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;

/**
 * An open load: requests arrive at a constant rate, even if the server cannot keep up. The latency
 * of a request counts from the time at which it was due. A slow response thus also counts for the
 * requests that waited behind it. One thread sends all requests, which leaves the other processors
 * to the server. After a delay, it sends all missed requests, because skipping them would flatter
 * the server. It reads responses in between.
 */
final class OpenLoad implements AutoCloseable {

  private static final int CONNECTIONS = 64;
  private static final String LENGTH = "content-length:";
  private static final long REST = 50_000; // nanoseconds

  private final List<Connection> connections = new ArrayList<>();
  private final Selector selector;
  private final long[] times;
  private int answered;

  private OpenLoad(int port, int count) throws IOException {
    selector = Selector.open();
    times = new long[count];
    for (var i = 0; i < CONNECTIONS; i++) {
      connections.add(new Connection(port));
    }
  }

  /** The latencies of responses. */
  static final class Latencies {

    private final long[] sorted;

    private Latencies(long[] times) {
      sorted = times.clone();
      Arrays.sort(sorted);
    }

    double millis(double quantile) {
      return sorted[(int) Math.min(sorted.length - 1, quantile * sorted.length)] / 1e6;
    }
  }

  static Latencies run(int port, Requests requests, double perSecond, int seconds) {
    try (var load = new OpenLoad(port, (int) (perSecond * seconds))) {
      load.run(requests, (long) (1e9 / perSecond));
      return new Latencies(load.times);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    for (var connection : connections) {
      connection.channel.close();
    }
    selector.close();
  }

  private void run(Requests requests, long period) throws IOException {
    var texts = requests.texts().stream().map(text -> text.getBytes(ISO_8859_1)).toList();
    var start = System.nanoTime();
    var sent = 0;
    while (answered < times.length) {
      var turn = Math.min(times.length, sent + CONNECTIONS);
      for (; sent < turn && start + sent * period <= System.nanoTime(); sent++) {
        connections
            .get(sent % CONNECTIONS)
            .send(texts.get(sent % texts.size()), start + sent * period);
      }
      if (selector.selectNow() == 0) {
        LockSupport.parkNanos(REST);
      }
      for (var key : selector.selectedKeys()) {
        ((Connection) key.attachment()).read();
      }
      selector.selectedKeys().clear();
    }
  }

  /**
   * A connection with pipelined requests: they do not wait for responses, which arrive in the order
   * of the requests.
   */
  private final class Connection {

    private final SocketChannel channel;
    private final Queue<Long> due = new ArrayDeque<>();
    private final ByteBuffer in = ByteBuffer.allocate(64 * 1024);

    private Connection(int port) throws IOException {
      channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, this);
    }

    private void send(byte[] request, long dueAt) throws IOException {
      due.add(dueAt);
      var out = ByteBuffer.wrap(request);
      while (out.hasRemaining()) {
        channel.write(out);
      }
    }

    private void read() throws IOException {
      if (channel.read(in) < 0) {
        throw new IOException("the server closed a connection");
      }
      in.flip();
      for (var length = answer(); length > 0; length = answer()) {
        in.position(in.position() + length);
        times[answered++] = System.nanoTime() - due.remove();
      }
      in.compact();
    }

    /** Returns the length of the first response in the buffer; 0 if it is incomplete. */
    private int answer() throws IOException {
      var text = new String(in.array(), in.position(), in.remaining(), ISO_8859_1);
      var end = text.indexOf("\r\n\r\n");
      if (end < 0) {
        return 0;
      }
      if (!text.startsWith("HTTP/1.1 200 ")) {
        throw new IOException("answered with " + text.lines().findFirst().orElse(""));
      }
      var length = end + 4 + bodyLength(text.substring(0, end));
      return length <= text.length() ? length : 0;
    }

    private static int bodyLength(String head) {
      return head.lines()
          .filter(header -> header.regionMatches(true, 0, LENGTH, 0, LENGTH.length()))
          .mapToInt(header -> Integer.parseInt(header.substring(LENGTH.length()).strip()))
          .findFirst()
          .orElseThrow();
    }
  }
}
