package tokenbroker.connections;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import tokenbroker.callers.Caller;
import tokenbroker.clients.ClientLabels;
import tokenbroker.clients.ClientName;
import tokenbroker.connections.Connection.State;
import tokenbroker.connections.ConnectionStore.ConnectionCounts;
import tokenbroker.observability.Audit;
import tokenbroker.observability.AuditEntry;
import tokenbroker.observability.AuditEvent;
import tokenbroker.observability.Requester;
import tokenbroker.tokens.TokenId;
import tokenbroker.tokens.TokenOwner;

/** The events of connections, for the audit and for Prometheus. */
@Singleton
class ConnectionEvents {

  private static final String ENDED = "token_broker.connections.ended";

  private final MeterRegistry registry;
  private final ClientLabels labels;
  private final Audit audit;
  private final MultiGauge connections;
  private final Map<ClientName, ConnectionCounts> counted = new HashMap<>();
  private final MultiGauge overdue;

  ConnectionEvents(MeterRegistry registry, ClientLabels labels, Audit audit) {
    this.registry = registry;
    this.labels = labels;
    this.audit = audit;
    this.connections =
        MultiGauge.builder("token_broker.connections")
            .description("Connected accounts in the store")
            .register(registry);
    this.overdue =
        MultiGauge.builder("token_broker.connections.overdue")
            .description("Connections whose refresh is overdue by more than a day")
            .register(registry);
    labels.onEnded(this::forget);
  }

  /** Records that a user granted access; the service has not redeemed the result yet. */
  void authorized(Caller asked, TokenOwner owner, TokenId token, String traceId) {
    audit.record(
        AuditEntry.of(AuditEvent.CONNECT, "authorized")
            .by(new Requester(asked, null, traceId))
            .of(owner)
            .token(token));
  }

  /** Records that a service redeemed the result. */
  void connected(Requester by, TokenOwner owner, TokenId token) {
    audit.record(AuditEntry.of(AuditEvent.REDEEM, "connected").by(by).of(owner).token(token));
  }

  /**
   * Records an authorization that connected no account.
   *
   * @param reason a word from this package or an OAuth error; never the upstream's text
   */
  void notConnected(Caller asked, TokenOwner owner, String outcome, String reason, String traceId) {
    audit.record(
        AuditEntry.of(AuditEvent.CONNECT, outcome)
            .by(new Requester(asked, null, traceId))
            .of(owner)
            .because(reason));
  }

  /** Records that a caller presented a result that it may not redeem. */
  void notRedeemed(Requester by, ClientName client) {
    audit.record(
        AuditEntry.of(AuditEvent.REDEEM, "invalid_result").by(by).of(TokenOwner.of(client)));
  }

  void refreshed(TokenOwner owner, TokenId token) {
    audit.record(AuditEntry.of(AuditEvent.REFRESH, "refreshed").of(owner).token(token));
  }

  /** Records that the refresh token is dead. */
  void ended(TokenOwner owner) {
    labels.change(
        owner.client(),
        label ->
            Counter.builder(ENDED)
                .description("Refresh tokens that TrackMage rejected")
                .tag("client", label)
                .register(registry)
                .increment());
    audit.record(AuditEntry.of(AuditEvent.REFRESH, "reconnect_required").of(owner));
  }

  void removed(Requester by, TokenOwner owner) {
    audit.record(AuditEntry.of(AuditEvent.REVOKE, "removed").by(by).of(owner));
  }

  /** Replaces the counts that the gauges show. */
  synchronized void count(Map<ClientName, ConnectionCounts> counts) {
    counted.clear();
    counts.forEach(
        (client, count) -> {
          if (labels.has(client)) { // It may have been removed since.
            counted.put(client, count);
          }
        });
    showCounted();
  }

  private void showCounted() {
    var active = new HashMap<String, Long>();
    var ended = new HashMap<String, Long>();
    var late = new HashMap<String, Long>();
    counted.forEach(
        (client, count) -> {
          active.merge(labels.of(client), count.active(), Long::sum);
          ended.merge(labels.of(client), count.reconnectRequired(), Long::sum);
          late.merge(labels.of(client), count.overdue(), Long::sum);
        });
    var rows = new ArrayList<Row<?>>();
    active.forEach((client, number) -> rows.add(row(client, State.ACTIVE, number)));
    ended.forEach((client, number) -> rows.add(row(client, State.RECONNECT_REQUIRED, number)));
    connections.register(rows, true);
    overdue.register(
        late.entrySet().stream()
            .<Row<?>>map(each -> Row.of(Tags.of("client", each.getKey()), each.getValue()))
            .toList(),
        true);
  }

  void watchWaiting(IntSupplier waiting) {
    Gauge.builder("token_broker.connections.unsaved", waiting, IntSupplier::getAsInt)
        .description(
            "Refresh tokens that only this process holds, because the store did not accept them")
        .strongReference(true)
        .register(registry);
  }

  private synchronized void forget(ClientName client) {
    if (counted.remove(client) != null) {
      showCounted();
    }
  }

  private static Row<?> row(String client, State state, long number) {
    return Row.of(Tags.of("client", client, "state", state.word()), number);
  }
}
