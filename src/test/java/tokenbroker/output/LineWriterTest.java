package tokenbroker.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tokenbroker.testing.SettableClock;

class LineWriterTest {

  private static final byte[] LINE = ("x".repeat(1_000) + "\n").getBytes(UTF_8);

  private final SettableClock clock = new SettableClock();
  private final Gate gate = new Gate();
  private final Descriptor descriptor = new Descriptor(gate, clock);
  private final AtomicInteger caughtUp = new AtomicInteger();
  private final LineWriter writer =
      new LineWriter("test", descriptor, caughtUp::incrementAndGet).start();

  @Test
  void whileNobodyReadsLinesAreDroppedAndNobodyWaits() {
    gate.shut();
    writer.offer(LINE);
    await().until(() -> gate.waiting);
    clock.advance(Duration.ofSeconds(3));
    assertThat(descriptor.waiting()).isEqualTo(Duration.ofSeconds(3));

    for (var i = 0; i < 10_000; i++) {
      writer.offer(LINE);
    }

    assertThat(writer.dropped()).isBetween(5_000L, 9_000L);
    assertThat(caughtUp).hasValue(0);
    gate.open();
    await().until(() -> caughtUp.get() > 0);
    assertThat(gate.lines()).isEqualTo(10_001 - writer.dropped());
    assertThat(descriptor.waiting()).isZero();
    assertThat(writer.isEmpty()).isTrue();
  }

  @Test
  void whatCannotBeWrittenIsCountedAndTheNextLinesAreWritten() {
    gate.fault = new IOException("no reader");
    writer.offer(LINE);
    await().until(() -> writer.dropped() == 1);
    gate.fault = new IOException("no room");
    writer.offer(LINE);
    await().until(() -> writer.dropped() == 2);
    assertThat(caughtUp).hasValue(0);

    gate.fault = null;
    writer.offer(LINE);

    await().until(() -> caughtUp.get() == 1);
    assertThat(gate.lines()).isOne();
  }

  /** An output that can be blocked, like a pipe whose reader stops reading. */
  private static final class Gate extends OutputStream {

    private final ByteArrayOutputStream read = new ByteArrayOutputStream();
    private volatile CountDownLatch closed = new CountDownLatch(0);
    volatile boolean waiting;
    volatile @Nullable IOException fault;

    void shut() {
      closed = new CountDownLatch(1);
    }

    void open() {
      closed.countDown();
    }

    synchronized long lines() {
      return read.toString(UTF_8).lines().count();
    }

    @Override
    public void write(int one) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void write(byte[] text, int from, int length) throws IOException {
      var failure = fault;
      if (failure != null) {
        throw failure;
      }
      waiting = true;
      try {
        closed.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      synchronized (this) {
        read.write(text, from, length);
      }
    }
  }
}
