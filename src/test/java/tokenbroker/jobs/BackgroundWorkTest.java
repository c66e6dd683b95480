package tokenbroker.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.testing.SettableClock;

class BackgroundWorkTest {

  private static final Duration SHORT = Duration.ofMillis(1);

  private final SettableClock clock = new SettableClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final BackgroundWork work = new BackgroundWork(clock, clock, registry);
  private final JobsLiveness liveness = new JobsLiveness(work);
  private final AtomicInteger runs = new AtomicInteger();

  @AfterEach
  void end() {
    work.end();
  }

  static List<Supplier<Throwable>> faults() {
    return List.of(
        IllegalStateException::new,
        StackOverflowError::new,
        OutOfMemoryError::new,
        AssertionError::new,
        NoClassDefFoundError::new,
        BrokenMessage::new);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void whateverWorkThrowsTheJobGoesOn(Supplier<Throwable> fault) {
    work.every(
        SHORT,
        "job",
        () -> {
          if (runs.incrementAndGet() <= 3) {
            BackgroundWorkTest.<RuntimeException>rethrow(fault.get());
          }
        });

    await().until(() -> runs.get() > 5);
    assertThat(work.stalled()).isEmpty();
  }

  @Test
  void workThatLeavesItsThreadInterruptedIsRunAgain() {
    work.every(
        SHORT,
        "job",
        () -> {
          runs.incrementAndGet();
          Thread.currentThread().interrupt();
        });

    await().until(() -> runs.get() > 3);
  }

  @Test
  void aJobThatAlwaysFailsIsStalledAfterFiveMinutes() {
    work.every(SHORT, "good", () -> {});
    work.every(
        SHORT,
        "bad",
        () -> {
          runs.incrementAndGet();
          throw new AssertionError("always");
        });
    await().until(() -> runs.get() > 3);

    clock.advance(Duration.ofMinutes(5));
    await().until(() -> lastSuccess("good") == clock.instant().getEpochSecond());
    assertThat(liveness.call().getStatus()).isEqualTo(Status.UP);

    clock.advance(Duration.ofSeconds(1));
    await().untilAsserted(() -> assertThat(work.stalled()).containsExactly("bad"));
    assertThat(liveness.call().getStatus()).isEqualTo(Status.DOWN);
    assertThat(liveness.call().getData().orElseThrow()).containsEntry("stalled", "bad");
  }

  @Test
  void aJobThatBlocksIsStalledUntilItGoesOn() throws InterruptedException {
    var blocked = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    work.every(
        SHORT,
        Duration.ofMinutes(30),
        "slow",
        () -> {
          blocked.countDown();
          awaitUninterrupted(release);
          runs.incrementAndGet();
        });
    blocked.await();

    clock.advance(Duration.ofMinutes(30));
    assertThat(work.stalled()).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    assertThat(work.stalled()).containsExactly("slow");

    release.countDown();
    await().until(() -> work.stalled().isEmpty());
  }

  @Test
  void aLongPauseIsNoStall() {
    work.every(Duration.ofHours(1), "seldom", () -> runs.incrementAndGet());
    await().until(() -> runs.get() == 1);

    clock.advance(Duration.ofHours(10));
    assertThat(work.stalled()).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    assertThat(work.stalled()).containsExactly("seldom");
  }

  @Test
  void theWallClockStallsNothing() {
    work.every(Duration.ofHours(1), "seldom", () -> runs.incrementAndGet());
    await().until(() -> runs.get() == 1);

    clock.step(Duration.ofDays(2));

    assertThat(work.stalled()).isEmpty();
  }

  @Test
  void theLastSuccessOfEachJobIsAMetric() {
    work.every(SHORT, "good", () -> {});
    work.every(
        SHORT,
        "bad",
        () -> {
          throw new IllegalStateException("always");
        });
    var began = clock.instant().getEpochSecond();

    clock.advance(Duration.ofSeconds(7));

    await().until(() -> lastSuccess("good") == began + 7);
    assertThat(lastSuccess("bad")).isEqualTo((double) began);
    assertThat(registry.get("token_broker.job.stalled.after").tag("name", "bad").gauge().value())
        .isEqualTo(300);
  }

  @Test
  void theEndOfTheProcessEndsTheJobsAndNothingRunsAfterIt() {
    var interrupted = new CountDownLatch(1);
    var begun = new CountDownLatch(1);
    work.every(
        Duration.ofHours(1),
        "waiting",
        () -> {
          begun.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
        });
    work.every(Duration.ofHours(1), "pausing", () -> runs.incrementAndGet());
    await().until(() -> runs.get() == 1 && begun.getCount() == 0);

    work.end();

    await().until(() -> interrupted.getCount() == 0);
    assertThat(runs).hasValue(1);
  }

  private double lastSuccess(String job) {
    return registry.get("token_broker.job.last.success.timestamp").tag("name", job).gauge().value();
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void rethrow(Throwable fault) throws T {
    throw (T) fault;
  }

  /** An exception that throws when its message is read. */
  private static final class BrokenMessage extends RuntimeException {
    private static final long serialVersionUID = 1;

    @Override
    public String getMessage() {
      throw new StackOverflowError();
    }
  }
}
