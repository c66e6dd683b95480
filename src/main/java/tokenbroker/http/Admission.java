package tokenbroker.http;

import jakarta.inject.Singleton;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.CallerRule;
import tokenbroker.callers.DeniedCallers;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.ClientName;
import tokenbroker.observability.Audit;
import tokenbroker.observability.AuditEntry;
import tokenbroker.observability.AuditEvent;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.TokenOwner;
import tokenbroker.usage.RefusedUsage;

/**
 * Decides whether a caller may use a client. The answer is the same for a forbidden client and for
 * one that does not exist.
 */
@Singleton
class Admission {

  private final ClientDirectory clients;
  private final RequestMetrics metrics;
  private final Audit audit;
  private final RefusedUsage refused;
  private final DeniedCallers denied;

  Admission(
      ClientDirectory clients,
      RequestMetrics metrics,
      Audit audit,
      RefusedUsage refused,
      DeniedCallers denied) {
    this.clients = clients;
    this.metrics = metrics;
    this.audit = audit;
    this.refused = refused;
    this.denied = denied;
  }

  /**
   * Returns the client that the caller may use, for a token request.
   *
   * @throws ProblemException {@code invalid_request} if the name is malformed; {@code forbidden} if
   *     the caller may not use the client
   */
  Admitted admit(VerifiedRequest verified, String name) {
    return admit(verified, name, AuditEvent.TOKEN);
  }

  /**
   * Returns the client that the caller may use, for a request that may concern something else than
   * a token.
   *
   * @param event the audit event to record if the caller may not use the client
   * @throws ProblemException as {@link #admit(VerifiedRequest, String)} does
   */
  Admitted admit(VerifiedRequest verified, String name, AuditEvent event) {
    var clientName =
        ClientName.parse(name)
            .orElseThrow(
                () ->
                    new ProblemException(
                        ProblemCode.INVALID_REQUEST,
                        "A client name must have 1 to 63 characters of a-z, 0-9 and -, and must not start or end with -."));
    var admitted = find(verified, clientName);
    if (admitted == null) {
      deny(verified, clientName, event);
      throw new ProblemException(ProblemCode.FORBIDDEN, ProblemCode.FORBIDDEN.detail);
    }
    return admitted;
  }

  /**
   * Returns the client that the caller may use, for a token request. Empty if the caller may not
   * use it, or if there is no such client, whatever the text is.
   */
  Optional<Admitted> admitted(VerifiedRequest verified, String name) {
    var clientName = ClientName.parse(name).orElse(null);
    var admitted = clientName == null ? null : find(verified, clientName);
    if (admitted == null) {
      deny(verified, clientName, AuditEvent.TOKEN);
    }
    return Optional.ofNullable(admitted);
  }

  /**
   * Counts, logs and audits a denial.
   *
   * @param name null if the text is malformed. It is not recorded then, because a caller may have
   *     sent its JWT in the place of the name
   */
  private void deny(VerifiedRequest verified, @Nullable ClientName name, AuditEvent event) {
    var denial = AuditEntry.of(event, "forbidden").by(verified.requester());
    String reason;
    if (name != null && clients.find(name).isPresent()) {
      metrics.denied(name);
      reason = "no entry of its callers matches";
    } else {
      metrics.deniedUnknown();
      reason = name == null ? "the name is malformed" : "there is no such client";
    }
    refused.forbidden(verified.caller(), name);
    denied.log(verified.caller(), name == null ? null : name.value(), reason, verified.traceId());
    audit.record(name == null ? denial : denial.of(TokenOwner.of(name)));
  }

  /**
   * Returns one of the client's connections, if the caller may use the client.
   *
   * @throws ProblemException as {@link #admit(VerifiedRequest, String)} does; also {@code
   *     not_found} if no connection can have this id
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

  /**
   * Returns the admitted caller, or null if {@link #admit} would throw. Neither counts nor audits a
   * denial.
   */
  @Nullable Admitted find(VerifiedRequest verified, ClientName name) {
    var client = clients.find(name).orElse(null);
    var rule = client == null ? null : client.admits(verified.caller()).orElse(null);
    return client == null || rule == null
        ? null
        : new Admitted(verified, client, rule, TokenOwner.of(client.name()));
  }

  /**
   * A caller that may use a client, and the rule that admits it.
   *
   * @param owner the account whose token is requested; by default the client's own
   */
  record Admitted(VerifiedRequest verified, Client client, CallerRule rule, TokenOwner owner) {

    Admitted at(ConnectionId connection) {
      return new Admitted(verified, client, rule, new TokenOwner(client.name(), connection));
    }
  }
}
