package tokenbroker.connections;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.tokens.Account;
import tokenbroker.tokens.StoreUnavailable;
import tokenbroker.tokens.TokenBroker;

/**
 * Renews connections that nobody uses, before their refresh tokens expire. The store knows which
 * are due. Every replica takes some of them by chance, and the claim on a connection keeps two from
 * renewing the same one.
 */
@Singleton
public class KeepAlive {

  private static final Logger LOG = Logger.getLogger(KeepAlive.class);

  /** How many one replica renews in one run: 100,000 connections take it less than three days. */
  private static final int MOST_IN_A_RUN = 50;

  private static final int AT_ONCE = 8;

  /** More than one run takes, so that one that cannot be renewed does not stand in others' way. */
  private static final int LOOKED_AT = 500;

  private final ConnectionStore store;
  private final ClientDirectory clients;
  private final TokenBroker broker;

  KeepAlive(ConnectionStore store, ClientDirectory clients, TokenBroker broker) {
    this.store = store;
    this.clients = clients;
    this.broker = broker;
  }

  /** Called every few seconds; blocks until what it took is renewed, or could not be. */
  public void run() {
    var due = due();
    if (due.isEmpty()) {
      return;
    }
    try (var renewals =
        Executors.newFixedThreadPool(
            AT_ONCE, Thread.ofVirtual().name("keep-alive ", 0).factory())) {
      due.stream()
          .limit(MOST_IN_A_RUN)
          .forEach(each -> renewals.execute(() -> broker.keepAlive(each.client, each.account)));
    }
  }

  private List<Due> due() {
    var due = new ArrayList<Due>();
    for (var client : clients.all()) {
      if (!client.returnTo().isEmpty() && client.credentials().isPresent()) {
        due.addAll(due(client));
      }
    }
    Collections.shuffle(due);
    return due;
  }

  private List<Due> due(Client client) {
    try {
      return store.due(client.name(), LOOKED_AT).stream()
          .map(id -> new Due(client, new Account(client.name(), id)))
          .toList();
    } catch (StoreUnavailable e) {
      LOG.debugf("Connections of %s that are due are not known: %s", client.name(), e.getMessage());
      return List.of();
    }
  }

  private record Due(Client client, Account account) {}
}
