package tokenbroker.jobs;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import tokenbroker.time.Ticker;

/**
 * The broker's background jobs. Each job has its own virtual thread, and its runs never overlap.
 * Only the end of the process ends a job.
 */
@Singleton
public class BackgroundWork {

  /**
   * A job counts as stalled after this many pauses without a success, but not before five minutes.
   */
  private static final int MISSED_RUNS = 10;

  private static final Duration SHORTEST_ALLOWANCE = Duration.ofMinutes(5);
  private static final double MILLIS = 1_000;

  private final Ticker ticker;
  private final Clock clock;
  private final MeterRegistry registry;
  private final List<Job> jobs = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final long origin = System.nanoTime();
  private volatile boolean ended;

  BackgroundWork(Ticker ticker, Clock clock, MeterRegistry registry) {
    this.ticker = ticker;
    this.clock = clock;
    this.registry = registry;
  }

  /**
   * Repeats the work. Runs of all jobs with the same pause begin together, because each wake-up of
   * the process costs more than most runs. A long run shortens the pause after it.
   */
  public void every(Duration pause, String name, Runnable work) {
    var allowance = pause.multipliedBy(MISSED_RUNS);
    every(
        pause,
        allowance.compareTo(SHORTEST_ALLOWANCE) > 0 ? allowance : SHORTEST_ALLOWANCE,
        name,
        work);
  }

  /**
   * Repeats the work, as {@link #every(Duration, String, Runnable)} does.
   *
   * @param stalledAfter how long the job may go without a success. After that, the liveness check
   *     fails and the process is restarted. It must be well above the longest run, including
   *     everything that a run waits for.
   * @param name a metric label, from a small fixed set
   */
  public void every(Duration pause, Duration stalledAfter, String name, Runnable work) {
    var job = new Job(name, stalledAfter, work, ticker, clock);
    jobs.add(job);
    gauge(
        "token_broker.job.last.success.timestamp",
        "When a background job last succeeded, or first started, in seconds since the epoch",
        job,
        it -> it.lastSuccess().toEpochMilli() / MILLIS);
    gauge(
        "token_broker.job.stalled.after",
        "Time without success after which a background job fails the liveness check",
        job,
        it -> it.stalledAfter().toMillis() / MILLIS);
    threads.add(Thread.ofVirtual().name(name).start(() -> run(job, pause)));
  }

  /** Returns the names of the jobs that have had no success for too long. */
  List<String> stalled() {
    return jobs.stream().filter(Job::isStalled).map(Job::name).sorted().toList();
  }

  /** Returns the state of each job, in the order in which they were started. */
  public List<JobStatus> statuses() {
    return jobs.stream().map(Job::status).toList();
  }

  /** Ends all jobs. A run in progress is interrupted. */
  public void end() {
    ended = true;
    threads.forEach(Thread::interrupt);
  }

  private void run(Job job, Duration pause) {
    while (!ended) {
      job.run();
      Thread.interrupted(); // Clears an interrupt left by the work, which would skip the pause.
      if (!ended) {
        LockSupport.parkNanos(untilNextTurn(pause.toNanos()));
      }
    }
  }

  private long untilNextTurn(long pause) {
    return pause - Math.floorMod(System.nanoTime() - origin, pause);
  }

  /**
   * Registers a gauge. Its label is not named {@code job}, because Prometheus replaces that label
   * by its own.
   */
  private void gauge(String name, String description, Job job, ToDoubleFunction<Job> value) {
    Gauge.builder(name, job, value)
        .description(description)
        .baseUnit("seconds")
        .tag("name", job.name())
        .strongReference(true)
        .register(registry);
  }
}
