package tokenbroker.http;

import io.smallrye.mutiny.Uni;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** The virtual threads for requests that must wait. */
@ApplicationScoped
class VirtualThreads {

  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("request ", 0).factory());

  void run(Runnable work) {
    threads.execute(work);
  }

  <T> Uni<T> call(Supplier<T> work) {
    return Uni.createFrom().item(work).runSubscriptionOn(threads);
  }

  @PreDestroy
  void end() {
    threads.shutdownNow();
  }
}
