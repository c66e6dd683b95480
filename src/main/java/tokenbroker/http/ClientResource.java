package tokenbroker.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.ClientName;
import tokenbroker.observability.Audit;
import tokenbroker.observability.AuditEntry;
import tokenbroker.observability.AuditEvent;
import tokenbroker.tokens.ClientStatus;
import tokenbroker.tokens.TokenBroker;

/**
 * The list of clients that a caller may use, with their state. It never contains a secret or a
 * token.
 */
@ForCallers
@NonBlocking
@Path("clients")
class ClientResource {

  private static final PageRequest.Limits LIMITS = new PageRequest.Limits(100, 1000);

  private final Set<Caller> atWork = ConcurrentHashMap.newKeySet();
  private final ClientDirectory clients;
  private final TokenBroker broker;
  private final VirtualThreads threads;
  private final Audit audit;

  ClientResource(ClientDirectory clients, TokenBroker broker, VirtualThreads threads, Audit audit) {
    this.audit = audit;
    this.clients = clients;
    this.broker = broker;
    this.threads = threads;
  }

  @GET
  public Uni<Response> list(
      @Context HttpHeaders headers, @Context ContainerRequestContext request) {
    Negotiation.needsJson(headers);
    var verified = VerifiedRequest.of(request);
    var caller = verified.caller().withoutJwtId();
    var query = request.getUriInfo().getQueryParameters();
    var asked = PageRequest.of(query.get("limit"), query.get("cursor"), LIMITS, ClientName::parse);
    return threads.call(
        () -> {
          if (!atWork.add(caller)) {
            audit.recordSparingly(
                AuditEntry.of(AuditEvent.CLIENTS, "throttled").by(verified.requester()));
            throw new ProblemException(
                ProblemCode.RATE_LIMITED,
                "This caller is already requesting a list of clients. Retry when that request has finished.",
                Duration.ofSeconds(1));
          }
          try {
            if (!audit.record(
                AuditEntry.of(AuditEvent.CLIENTS, "listed").by(verified.requester()))) {
              throw ProblemException.unaudited();
            }
            return Response.ok(page(caller, asked), MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
          } finally {
            atWork.remove(caller);
          }
        });
  }

  /** Returns one page, from this replica's memory alone, because there may be 100,000 clients. */
  private ClientsView page(Caller caller, PageRequest<ClientName> asked) {
    var after = asked.after();
    var found =
        clients.all().stream()
            .filter(client -> after == null || client.name().compareTo(after) > 0)
            .filter(client -> client.admits(caller).isPresent())
            .sorted(Comparator.comparing(Client::name))
            .limit(asked.limit() + 1L)
            .toList();
    var shown = found.subList(0, Math.min(asked.limit(), found.size()));
    return new ClientsView(
        shown.stream().map(this::view).toList(),
        found.size() > shown.size() ? shown.getLast().name().value() : null);
  }

  private ClientView view(Client client) {
    var status = broker.status(client);
    var token = status.token();
    return new ClientView(
        client.name().value(),
        client.upstream().name(),
        state(client, status),
        token == null ? null : token.id().value(),
        status.expiresAt() == null ? null : seconds(status.expiresAt()),
        status.lastSuccess() == null ? null : seconds(status.lastSuccess()),
        lastFailure(client, status));
  }

  /**
   * Returns the client's state in lower case. A client with faulty credentials counts as failing,
   * even if the broker has never sent a request upstream for it.
   */
  private String state(Client client, ClientStatus status) {
    var state =
        status.state() == ClientStatus.State.IDLE && clients.problem(client.name()).isPresent()
            ? ClientStatus.State.FAILING
            : status.state();
    return state.name().toLowerCase(Locale.ROOT);
  }

  private @Nullable FailureView lastFailure(Client client, ClientStatus status) {
    var failure = status.failure();
    return failure != null && status.failedAt() != null
        ? new FailureView(seconds(status.failedAt()), failure.cause().label(), failure.detail())
        : clients
            .problem(client.name())
            .map(problem -> new FailureView(null, problem.code(), null))
            .orElse(null);
  }

  private static String seconds(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /**
   * A page of clients.
   *
   * @param next the cursor of the next page; null on the last page
   */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record ClientsView(List<ClientView> clients, @Nullable String next) {}

  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ClientView(
      String name,
      String upstream,
      String state,
      @JsonProperty("token_id") @Nullable String tokenId,
      @JsonProperty("expires_at") @Nullable String expiresAt,
      @JsonProperty("last_success") @Nullable String lastSuccess,
      @JsonProperty("last_failure") @Nullable FailureView lastFailure) {}

  /**
   * The last failure of a client.
   *
   * @param at absent if the client's files are at fault, because that lasts until someone corrects
   *     them
   * @param detail which server or proxy did what; absent if there is nothing to add to the reason
   */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record FailureView(@Nullable String at, String reason, @Nullable String detail) {}
}
