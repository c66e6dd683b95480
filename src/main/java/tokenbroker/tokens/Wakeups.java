package tokenbroker.tokens;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The threads that wait for a change of an owner. */
final class Wakeups {

  private final Map<TokenOwner, CompletableFuture<Void>> sleepers = new ConcurrentHashMap<>();

  /** Blocks until the owner changes, or for {@code atMost}. */
  void await(TokenOwner owner, Duration atMost) {
    var news = sleepers.computeIfAbsent(owner, name -> new CompletableFuture<>());
    try {
      news.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      sleepers.remove(owner, news);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "interrupted while waiting for an announcement of " + owner, e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  void wake(TokenOwner owner) {
    var news = sleepers.remove(owner);
    if (news != null) {
      news.complete(null);
    }
  }
}
