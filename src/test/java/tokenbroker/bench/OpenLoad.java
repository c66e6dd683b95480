package tokenbroker.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * A constant rate of arrivals, whether the server keeps up or not. Each request is timed from the
 * instant at which it was due, so that one slow answer counts for all that had to wait behind it.
 */
final class OpenLoad {

  private static final int CONNECTIONS = 32;

  private OpenLoad() {}

  /** Times in nanoseconds, sorted. */
  static final class Latencies {

    private final long[] sorted;

    private Latencies(long[] sorted) {
      this.sorted = sorted;
    }

    double millis(double quantile) {
      return sorted[(int) Math.min(sorted.length - 1, quantile * sorted.length)] / 1e6;
    }
  }

  static Latencies run(int port, Requests requests, double perSecond, int seconds) {
    var each = (int) (perSecond * seconds / CONNECTIONS);
    var period = (long) (CONNECTIONS * 1e9 / perSecond);
    var start = System.nanoTime() + 200_000_000L;
    try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      var connections =
          IntStream.range(0, CONNECTIONS)
              .mapToObj(
                  i ->
                      (Callable<long[]>)
                          () ->
                              connection(
                                  port,
                                  requests,
                                  i,
                                  start + i * period / CONNECTIONS,
                                  period,
                                  each))
              .map(threads::submit)
              .toList();
      var all = new long[CONNECTIONS * each];
      for (var i = 0; i < CONNECTIONS; i++) {
        System.arraycopy(connections.get(i).get(), 0, all, i * each, each);
      }
      Arrays.sort(all);
      return new Latencies(all);
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long[] connection(
      int port, Requests requests, int offset, long start, long period, int count) {
    var texts = requests.texts().stream().map(text -> text.getBytes(US_ASCII)).toList();
    var times = new long[count];
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      var in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
      var out = socket.getOutputStream();
      for (var i = 0; i < count; i++) {
        var due = start + i * period;
        for (var left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        out.write(texts.get((offset + i * CONNECTIONS) % texts.size()));
        readAnswer(in);
        times[i] = System.nanoTime() - due;
      }
      return times;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An answer with a length, whose status is 200. */
  private static void readAnswer(InputStream in) throws IOException {
    var status = line(in);
    if (!status.startsWith("HTTP/1.1 200 ")) {
      throw new IOException("answered with " + status);
    }
    var length = 0;
    for (var header = line(in); !header.isEmpty(); header = line(in)) {
      if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
        length = Integer.parseInt(header.substring(15).strip());
      }
    }
    in.skipNBytes(length);
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder(64);
    for (var next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("closed");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }
}
