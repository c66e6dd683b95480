package tokenbroker.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;
import tokenbroker.connections.Connection;
import tokenbroker.connections.Connections;
import tokenbroker.http.Admission.Admitted;
import tokenbroker.observability.Audit;
import tokenbroker.observability.AuditEntry;
import tokenbroker.observability.AuditEvent;
import tokenbroker.tokens.ConnectionId;

/**
 * The accounts that users connected. Callers list and remove them here. No answer contains a token.
 */
@ForCallers
@NonBlocking
@Path("clients/{client}")
class ConnectionResource {

  private static final PageRequest.Limits LIMITS = new PageRequest.Limits(50, 500);

  private final Admission admission;
  private final Connections connections;
  private final VirtualThreads threads;
  private final Audit audit;

  ConnectionResource(
      Admission admission, Connections connections, VirtualThreads threads, Audit audit) {
    this.audit = audit;
    this.admission = admission;
    this.connections = connections;
    this.threads = threads;
  }

  @GET
  @Path("connections")
  public Uni<Response> list(
      @RestPath String client,
      @Context HttpHeaders headers,
      @Context ContainerRequestContext request) {
    var admitted = admission.admit(VerifiedRequest.of(request), client, AuditEvent.CONNECTIONS);
    var name = admitted.client().name();
    Negotiation.needsJson(headers);
    var query = request.getUriInfo().getQueryParameters();
    var asked =
        PageRequest.of(query.get("limit"), query.get("cursor"), LIMITS, ConnectionId::parse);
    return threads.call(
        () -> {
          var page = connections.page(name, asked.after(), asked.limit());
          audit(entry(AuditEvent.CONNECTIONS, "listed", admitted));
          return Response.ok(
                  new ConnectionsView(
                      Stream.concat(
                              page.connections().stream().map(ConnectionView::of),
                              page.unreadable().stream().map(ConnectionView::unreadable))
                          .sorted(Comparator.comparing(ConnectionView::id))
                          .toList(),
                      page.next() == null ? null : page.next().value()),
                  MediaType.APPLICATION_JSON_TYPE)
              .header(HttpHeaders.CACHE_CONTROL, "no-store")
              .build();
        });
  }

  @DELETE
  @Path("connections/{connection}")
  public Uni<Response> remove(
      @RestPath String client,
      @RestPath String connection,
      @Context ContainerRequestContext request) {
    var verified = VerifiedRequest.of(request);
    var owner = admission.admit(verified, client, connection, AuditEvent.REVOKE).owner();
    return threads.call(
        () -> {
          if (!connections.remove(owner, verified.requester())) {
            throw new ProblemException(ProblemCode.NOT_FOUND, TokenResponses.NO_CONNECTION);
          }
          return Response.noContent().build();
        });
  }

  private void audit(AuditEntry entry) {
    if (!audit.record(entry)) {
      throw ProblemException.unaudited();
    }
  }

  private static AuditEntry entry(AuditEvent event, String outcome, Admitted admitted) {
    return AuditEntry.of(event, outcome).by(admitted.verified().requester()).of(admitted.owner());
  }

  /**
   * A page of connections.
   *
   * @param next the cursor of the next page; null on the last page
   */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record ConnectionsView(List<ConnectionView> connections, @Nullable String next) {}

  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ConnectionView(
      String id,
      @JsonProperty("user_id") @Nullable String userId,
      @JsonProperty("user_email") @Nullable String userEmail,
      String state,
      @JsonProperty("connected_at") @Nullable String connectedAt,
      @JsonProperty("expires_at") @Nullable String expiresAt) {

    static ConnectionView of(Connection connection) {
      return new ConnectionView(
          connection.id().value(),
          connection.userId(),
          connection.userEmail(),
          connection.state().word(),
          seconds(connection.connectedAt()),
          seconds(connection.expiresAt()));
    }

    /** Returns the view of a connection that this replica's seal keys cannot decrypt. */
    static ConnectionView unreadable(ConnectionId id) {
      return new ConnectionView(id.value(), null, null, "unreadable", null, null);
    }

    private static String seconds(Instant instant) {
      return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
  }
}
