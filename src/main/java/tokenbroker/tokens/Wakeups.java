package tokenbroker.tokens;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tokenbroker.clients.ClientName;

/** Wakes whoever waits for news of a client. */
final class Wakeups {

  private final Map<ClientName, CompletableFuture<Void>> sleepers = new ConcurrentHashMap<>();

  /** Blocks until there is news of the client, or so long. */
  void await(ClientName client, Duration atMost) {
    var news = sleepers.computeIfAbsent(client, name -> new CompletableFuture<>());
    try {
      news.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      sleepers.remove(client, news);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for news of " + client, e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  void wake(ClientName client) {
    var news = sleepers.remove(client);
    if (news != null) {
      news.complete(null);
    }
  }
}
