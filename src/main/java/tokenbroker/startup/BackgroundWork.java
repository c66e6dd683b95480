package tokenbroker.startup;

import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * All that the broker does without being asked, each job on a virtual thread of its own: one run
 * after the other, never two at once.
 */
@Singleton
class BackgroundWork {

  private static final Logger LOG = Logger.getLogger(BackgroundWork.class);

  private final List<Thread> jobs = new ArrayList<>();

  /**
   * Runs the work again and again, {@code pause} after the end of the run before it. A run that
   * fails does not end the job.
   */
  void every(Duration pause, String name, Runnable work) {
    jobs.add(
        Thread.ofVirtual()
            .name(name)
            .start(
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    runOnce(name, work);
                    LockSupport.parkNanos(pause.toNanos());
                  }
                }));
  }

  void end(@Observes ShutdownEvent event) {
    jobs.forEach(Thread::interrupt);
  }

  private static void runOnce(String name, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      if (!Thread.currentThread().isInterrupted()) {
        LOG.errorf(e, "The background work \"%s\" failed and goes on", name);
      }
    }
  }
}
