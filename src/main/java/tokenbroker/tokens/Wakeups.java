package tokenbroker.tokens;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The threads that wait for a change of an account. */
final class Wakeups {

  private final Map<Account, CompletableFuture<Void>> sleepers = new ConcurrentHashMap<>();

  /** Blocks until the account changes, or for {@code atMost}. */
  void await(Account account, Duration atMost) {
    var news = sleepers.computeIfAbsent(account, name -> new CompletableFuture<>());
    try {
      news.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      sleepers.remove(account, news);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "interrupted while waiting for an announcement of " + account, e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  void wake(Account account) {
    var news = sleepers.remove(account);
    if (news != null) {
      news.complete(null);
    }
  }
}
