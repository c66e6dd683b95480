package tokenbroker.http;

import jakarta.inject.Singleton;
import tokenbroker.callers.CallerRule;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.ClientName;
import tokenbroker.observability.Audit;

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
  Admitted admit(Exchange exchange, String name) {
    var clientName =
        ClientName.parse(name)
            .orElseThrow(
                () ->
                    new ProblemException(
                        ProblemCode.INVALID_REQUEST,
                        "A client name is 1 to 63 of a-z, 0-9 and -, with no - at either end."));
    var client = clients.find(clientName).orElse(null);
    var rule = client == null ? null : client.admits(exchange.caller()).orElse(null);
    if (client == null || rule == null) {
      metrics.denied(client == null ? "unknown" : name);
      audit.record(exchange.caller(), name, "forbidden", null, exchange.traceId());
      throw new ProblemException(ProblemCode.FORBIDDEN, ProblemCode.FORBIDDEN.detail);
    }
    return new Admitted(exchange, client, rule);
  }

  /** A caller at a client that it may use, by this rule. */
  record Admitted(Exchange exchange, Client client, CallerRule rule) {}
}
