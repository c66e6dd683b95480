package tokenbroker.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
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
import java.util.Set;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;
import tokenbroker.config.BrokerConfig;
import tokenbroker.connections.Authorization;
import tokenbroker.connections.Authorizations;
import tokenbroker.connections.Connection;
import tokenbroker.connections.Connections;
import tokenbroker.http.Admission.Admitted;
import tokenbroker.observability.Audit;
import tokenbroker.observability.AuditEntry;
import tokenbroker.observability.AuditEvent;
import tokenbroker.tokens.ConnectionId;

/** The accounts that users connected: begun, listed and forgotten by callers. Never a token. */
@ForCallers
@NonBlocking
@Path("clients/{client}")
class ConnectionResource {

  private static final int LONGEST_STATE = 512;
  private static final PageRequest.Limits LIMITS = new PageRequest.Limits(50, 500);

  private final Admission admission;
  private final Authorizations authorizations;
  private final Connections connections;
  private final VirtualThreads threads;
  private final JsonBody body;
  private final Audit audit;
  private final Duration reloadEvery;

  ConnectionResource(
      Admission admission,
      Authorizations authorizations,
      Connections connections,
      VirtualThreads threads,
      JsonBody body,
      Audit audit,
      BrokerConfig config) {
    this.audit = audit;
    this.admission = admission;
    this.authorizations = authorizations;
    this.connections = connections;
    this.threads = threads;
    this.body = body;
    this.reloadEvery = config.clients().reloadEvery();
  }

  @POST
  @Path("authorizations")
  @Consumes(MediaType.APPLICATION_JSON)
  public Uni<Response> authorize(
      @RestPath String client,
      byte[] wish,
      @Context HttpHeaders headers,
      @Context ContainerRequestContext request) {
    var exchange = Exchange.of(request);
    var admitted = admission.admit(exchange, client, AuditEvent.AUTHORIZE);
    Negotiation.needsJson(headers);
    if (!authorizations.areOn()) {
      throw new ProblemException(
          ProblemCode.NOT_FOUND,
          "Connections are off: broker.connections.public-url switches them on.");
    }
    var fields =
        body.object(wish, Set.of("return_to", "state"))
            .filter(
                it -> it.has("return_to") && it.path("state").asText().length() <= LONGEST_STATE)
            .orElseThrow(
                () ->
                    invalid(
                        "The body is {\"return_to\": \"https://…\", \"state\": \"…\"}, with at most 512"
                            + " characters of state."));
    var returnTo = fields.path("return_to").textValue();
    if (!admitted.client().returnTo().contains(returnTo)) {
      audit.record(entry(AuditEvent.AUTHORIZE, "refused", admitted).because("return_to"));
      throw invalid("return_to is none of the addresses in this client's return-to.");
    }
    if (admitted.client().credentials().isEmpty()) {
      throw new ProblemException(
          ProblemCode.UPSTREAM_UNAVAILABLE,
          "The broker has no credentials for this client yet.",
          reloadEvery);
    }
    var state = fields.path("state").textValue();
    return threads.call(
        () -> {
          var url =
              authorizations.begin(
                  admitted.client(), exchange.caller(), returnTo, state, exchange.traceId());
          audit(entry(AuditEvent.AUTHORIZE, "begun", admitted));
          return Response.status(Response.Status.CREATED)
              .header(HttpHeaders.CACHE_CONTROL, "no-store")
              .type(MediaType.APPLICATION_JSON_TYPE)
              .entity(new AuthorizationView(url.toString(), Authorization.LIFE.toSeconds()))
              .build();
        });
  }

  @GET
  @Path("connections")
  public Uni<Response> list(
      @RestPath String client,
      @Context HttpHeaders headers,
      @Context ContainerRequestContext request) {
    var admitted = admission.admit(Exchange.of(request), client, AuditEvent.CONNECTIONS);
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
    var exchange = Exchange.of(request);
    var account = admission.admit(exchange, client, connection, AuditEvent.REVOKE).account();
    return threads.call(
        () -> {
          if (!connections.remove(account, exchange.requester())) {
            throw new ProblemException(ProblemCode.NOT_FOUND, TokenAnswers.NO_CONNECTION);
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
    return AuditEntry.of(event, outcome).by(admitted.exchange().requester()).of(admitted.account());
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(ProblemCode.INVALID_REQUEST, detail);
  }

  /**
   * What a browser is to be sent to.
   *
   * @param expiresIn seconds
   */
  @RegisterForReflection
  record AuthorizationView(
      @JsonProperty("authorization_url") String authorizationUrl,
      @JsonProperty("expires_in") long expiresIn) {}

  /**
   * A page of connections.
   *
   * @param next the cursor of the next page; null on the last one
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

    /** No seal key of this replica opens it. */
    static ConnectionView unreadable(ConnectionId id) {
      return new ConnectionView(id.value(), null, null, "unreadable", null, null);
    }

    private static String seconds(Instant instant) {
      return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
  }
}
