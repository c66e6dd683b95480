package tokenbroker.jobs;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/** A background job and the result of its last run. */
final class Job {

  private static final Logger LOG = Logger.getLogger(BackgroundWork.class);

  private final String name;
  private final Duration stalledAfter;
  private final Runnable work;
  private final Ticker ticker;
  private final Clock clock;
  private volatile Success last;

  /** The failure that was logged last; null while the job succeeds. */
  private @Nullable String told;

  /** Whether the last run failed. */
  private volatile boolean failed;

  /** A moment of success, in monotonic time for durations and in wall time for people. */
  private record Success(Moment moment, Instant instant) {}

  /**
   * Creates a job. A new job counts as successful, so it has until {@code stalledAfter} for its
   * first success.
   */
  Job(String name, Duration stalledAfter, Runnable work, Ticker ticker, Clock clock) {
    this.name = name;
    this.stalledAfter = stalledAfter;
    this.work = work;
    this.ticker = ticker;
    this.clock = clock;
    this.last = new Success(ticker.now(), clock.instant());
  }

  String name() {
    return name;
  }

  Duration stalledAfter() {
    return stalledAfter;
  }

  Instant lastSuccess() {
    return last.instant();
  }

  JobStatus status() {
    return new JobStatus(name, last.instant(), failed, isStalled());
  }

  /**
   * Returns whether the job has had no success for too long, because each run fails or one never
   * ends.
   */
  boolean isStalled() {
    return last.moment().until(ticker.now()).compareTo(stalledAfter) > 0;
  }

  /**
   * Runs the work once. Whatever it throws ends only this run. Not even an error may end a job,
   * because nothing would restart it.
   */
  @SuppressWarnings("CatchingUnchecked")
  void run() {
    try {
      work.run();
      last = new Success(ticker.now(), clock.instant());
      failed = false;
      if (told != null) {
        told = null;
        LOG.infof("The background job \"%s\" succeeds again", name);
      }
    } catch (Throwable fault) {
      failed = true;
      tell(fault);
    }
  }

  /** Logs a new failure. Logging may fail as well if memory is low. */
  private void tell(Throwable fault) {
    try {
      var message = fault.toString();
      if (!Objects.equals(message, told)) {
        told = message;
        LOG.errorf(fault, "The background job \"%s\" failed. The broker will run it again", name);
      }
    } catch (Throwable _) {
      told = null; // Makes the next failure be logged.
    }
  }
}
