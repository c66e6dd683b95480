package tokenbroker.connections;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.tokens.FailureCause;
import tokenbroker.tokens.StoreUnavailable;
import tokenbroker.tokens.TokenBroker;
import tokenbroker.tokens.TokenOwner;
import tokenbroker.tokens.TokenResult.Failed;
import tokenbroker.tokens.TokenResult.Gone;
import tokenbroker.tokens.TokenResult.Issued;
import tokenbroker.tokens.TokenResult.TimedOut;
import tokenbroker.tokens.TokenResult.TooSoon;

/**
 * The renewal of connections that nobody uses, before their refresh tokens expire. The store knows
 * which are due. Each replica takes a random part of them. The claim on a connection prevents two
 * replicas from renewing the same one.
 */
@Singleton
public class KeepAlive {

  private static final Logger LOG = Logger.getLogger(KeepAlive.class);

  /**
   * How many connections one replica renews in one run. With a run each 10 s, that is 100,000 in
   * less than six hours.
   */
  private static final int MOST_IN_A_RUN = 50;

  private static final int AT_ONCE = 8;

  private final ConnectionStore store;
  private final ClientDirectory clients;
  private final TokenBroker broker;

  /** Why the last run could not renew some connections; null if it could renew all. */
  private @Nullable FailureCause told;

  KeepAlive(ConnectionStore store, ClientDirectory clients, TokenBroker broker) {
    this.store = store;
    this.clients = clients;
    this.broker = broker;
  }

  /**
   * Renews the due connections. Called every few seconds; blocks until each has been renewed or has
   * failed.
   */
  public void run() {
    var due = due();
    if (due.isEmpty()) {
      return;
    }
    var failures = new ConcurrentLinkedQueue<Failure>();
    try (var renewals =
        Executors.newFixedThreadPool(
            AT_ONCE, Thread.ofVirtual().name("keep-alive ", 0).factory())) {
      due.stream()
          .limit(MOST_IN_A_RUN)
          .forEach(each -> renewals.execute(() -> renew(each).ifPresent(failures::add)));
    }
    tell(failures);
  }

  private Optional<Failure> renew(DueConnection due) {
    return switch (broker.keepAlive(due.client, due.owner)) {
      case Failed(var cause, _) -> Optional.of(new Failure(due.owner, cause));
      // Renewed here or on another replica, or no longer existing.
      case Issued _, TimedOut _, Gone _, TooSoon _ -> Optional.empty();
    };
  }

  /** Logs a new cause only, because the same connections may fail again and again. */
  private void tell(Queue<Failure> failures) {
    var first = failures.peek();
    var cause = first == null ? null : first.cause;
    if (cause != null && cause != told) {
      LOG.warnf(
          "Unused connections could not be refreshed: %d, for example %s: %s",
          failures.size(), first.owner, cause.label());
    }
    told = cause;
  }

  private List<DueConnection> due() {
    var due = new ArrayList<DueConnection>();
    for (var client : clients.all()) {
      if (!client.returnTo().isEmpty() && client.credentials().isPresent()) {
        due.addAll(due(client));
      }
    }
    Collections.shuffle(due);
    return due;
  }

  private List<DueConnection> due(Client client) {
    try {
      return store.due(client.name(), MOST_IN_A_RUN).stream()
          .map(id -> new DueConnection(client, new TokenOwner(client.name(), id)))
          .toList();
    } catch (StoreUnavailable e) {
      LOG.debugf(
          "The due connections of client %s could not be listed: %s",
          client.name(), e.getMessage());
      return List.of();
    }
  }

  private record DueConnection(Client client, TokenOwner owner) {}

  private record Failure(TokenOwner owner, FailureCause cause) {}
}
