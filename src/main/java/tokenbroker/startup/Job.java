package tokenbroker.startup;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/** A piece of background work, and how it went the last time. */
final class Job {

  private static final Logger LOG = Logger.getLogger(BackgroundWork.class);

  private final String name;
  private final Duration stalledAfter;
  private final Runnable work;
  private final Ticker ticker;
  private final Clock clock;
  private volatile Success last;

  /** What the log has said; null while the job works. */
  private @Nullable String told;

  /** The same point of time, for durations and for people. */
  private record Success(Moment moment, Instant instant) {}

  /** A new job counts as successful: it has until {@code stalledAfter} for its first run. */
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

  /** Whether it has had no success for too long: each run fails, or one never ends. */
  boolean isStalled() {
    return last.moment().until(ticker.now()).compareTo(stalledAfter) > 0;
  }

  /**
   * Runs the work once. Whatever it throws ends this run and nothing else: not even an error may
   * end a job, as nothing would start it again.
   */
  @SuppressWarnings("CatchingUnchecked")
  void run() {
    try {
      work.run();
      last = new Success(ticker.now(), clock.instant());
      if (told != null) {
        told = null;
        LOG.infof("The background work \"%s\" succeeds again", name);
      }
    } catch (Throwable fault) {
      tell(fault);
    }
  }

  /** Says what is new. It may fail as well, if memory is short. */
  private void tell(Throwable fault) {
    try {
      var message = fault.toString();
      if (!Objects.equals(message, told)) {
        told = message;
        LOG.errorf(fault, "The background work \"%s\" failed; it is tried again", name);
      }
    } catch (Throwable _) {
      told = null; // The next failure is said.
    }
  }
}
