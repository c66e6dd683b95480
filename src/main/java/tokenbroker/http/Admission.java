package tokenbroker.http;

import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.CallerRule;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.ClientName;
import tokenbroker.observability.Audit;
import tokenbroker.observability.AuditEntry;
import tokenbroker.observability.AuditEvent;
import tokenbroker.tokens.Account;
import tokenbroker.tokens.ConnectionId;

/**
 * Which client a caller may use. A client that it may not use and one that does not exist look the
 * same from outside.
 */
@Singleton
class Admission {

  private final ClientDirectory clients;
  private final RequestMetrics metrics;
  private final Audit audit;

  Admission(ClientDirectory clients, RequestMetrics metrics, Audit audit) {
    this.clients = clients;
    this.metrics = metrics;
    this.audit = audit;
  }

  /**
   * @throws ProblemException {@code invalid_request} or {@code forbidden}
   */
  Admitted admit(VerifiedRequest verified, String name) {
    return admit(verified, name, AuditEvent.TOKEN);
  }

  /**
   * As {@link #admit(VerifiedRequest, String)}, for a request that is about something else than a
   * token.
   *
   * @param event what is recorded if the caller may not use the client
   */
  Admitted admit(VerifiedRequest verified, String name, AuditEvent event) {
    var clientName =
        ClientName.parse(name)
            .orElseThrow(
                () ->
                    new ProblemException(
                        ProblemCode.INVALID_REQUEST,
                        "A client name is 1 to 63 of a-z, 0-9 and -, with no - at either end."));
    var admitted = find(verified, clientName);
    if (admitted == null) {
      if (clients.find(clientName).isPresent()) {
        metrics.denied(clientName);
      } else {
        metrics.deniedUnknown();
      }
      audit.record(
          AuditEntry.of(event, "forbidden").by(verified.requester()).of(Account.of(clientName)));
      throw new ProblemException(ProblemCode.FORBIDDEN, ProblemCode.FORBIDDEN.detail);
    }
    return admitted;
  }

  /**
   * As {@link #admit(VerifiedRequest, String)}, for one of the client's connections.
   *
   * @throws ProblemException also {@code not_found}, where no connection can have this id
   */
  Admitted admit(VerifiedRequest verified, String name, String connection) {
    return admit(verified, name, connection, AuditEvent.TOKEN);
  }

  Admitted admit(VerifiedRequest verified, String name, String connection, AuditEvent event) {
    var admitted = admit(verified, name, event);
    return ConnectionId.parse(connection)
        .map(admitted::at)
        .orElseThrow(
            () -> new ProblemException(ProblemCode.NOT_FOUND, TokenResponses.NO_CONNECTION));
  }

  /** Null where {@link #admit} would throw; nothing is counted then. */
  @Nullable Admitted find(VerifiedRequest verified, ClientName name) {
    var client = clients.find(name).orElse(null);
    var rule = client == null ? null : client.admits(verified.caller()).orElse(null);
    return client == null || rule == null
        ? null
        : new Admitted(verified, client, rule, Account.of(client.name()));
  }

  /**
   * A caller at a client that it may use, by this rule.
   *
   * @param account whose tokens it asks for: the client's own unless said otherwise
   */
  record Admitted(VerifiedRequest verified, Client client, CallerRule rule, Account account) {

    Admitted at(ConnectionId connection) {
      return new Admitted(verified, client, rule, new Account(client.name(), connection));
    }
  }
}
