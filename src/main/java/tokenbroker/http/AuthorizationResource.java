package tokenbroker.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;
import tokenbroker.config.BrokerConfig;
import tokenbroker.connections.Authorization;
import tokenbroker.connections.Authorizations;
import tokenbroker.connections.Authorizations.Beginning;
import tokenbroker.connections.Connection;
import tokenbroker.connections.Results;
import tokenbroker.http.Admission.Admitted;
import tokenbroker.observability.Audit;
import tokenbroker.observability.AuditEntry;
import tokenbroker.observability.AuditEvent;

/**
 * The back channel of the authorization-code flow. A service begins an authorization here, and
 * redeems the result that its user's browser brought back.
 */
@ForCallers
@NonBlocking
@Path("clients/{client}/authorizations")
@Consumes(MediaType.APPLICATION_JSON)
class AuthorizationResource {

  /**
   * The allowed {@code state}: printable ASCII (RFC 6749 appendix A.5), so that every URL carries
   * it unchanged.
   */
  private static final Pattern STATE = Pattern.compile("[ -~]{1,512}");

  private final Admission admission;
  private final Authorizations authorizations;
  private final Results results;
  private final VirtualThreads threads;
  private final JsonBody body;
  private final Audit audit;
  private final Duration reloadEvery;

  AuthorizationResource(
      Admission admission,
      Authorizations authorizations,
      Results results,
      VirtualThreads threads,
      JsonBody body,
      Audit audit,
      BrokerConfig config) {
    this.audit = audit;
    this.admission = admission;
    this.authorizations = authorizations;
    this.results = results;
    this.threads = threads;
    this.body = body;
    this.reloadEvery = config.clients().reloadEvery();
  }

  @POST
  public Uni<Response> begin(
      @RestPath String client,
      byte[] wish,
      @Context HttpHeaders headers,
      @Context ContainerRequestContext request) {
    var admitted = admitted(request, client, headers, AuditEvent.AUTHORIZE);
    var fields =
        body.object(wish, Set.of("return_to", "state"))
            .filter(it -> it.has("return_to") && isState(it.path("state").textValue()))
            .orElseThrow(
                () ->
                    invalid(
                        "The body must be {\"return_to\": \"https://…\", \"state\": \"…\"}. The state"
                            + " must have 1 to 512 characters of printable ASCII."));
    var returnTo = fields.path("return_to").textValue();
    if (!admitted.client().returnTo().contains(returnTo)) {
      audit.record(entry("refused", admitted).because("return_to"));
      throw invalid(
          "return_to must be one of the addresses in the return-to list of this client in clients.yaml.");
    }
    if (admitted.client().credentials().isEmpty()) {
      throw new ProblemException(
          ProblemCode.UPSTREAM_UNAVAILABLE,
          "The broker does not have the credentials of this client yet.",
          reloadEvery);
    }
    var state = fields.path("state").textValue();
    return threads.call(
        () -> {
          var verified = admitted.verified();
          var beginning =
              authorizations.begin(
                  admitted.client(), verified.caller(), returnTo, state, verified.traceId());
          return answer(beginning, admitted);
        });
  }

  private Response answer(Beginning beginning, Admitted admitted) {
    return switch (beginning) {
      case Beginning.Begun(var address) -> {
        if (!audit.record(entry("begun", admitted))) {
          throw ProblemException.unaudited();
        }
        yield json(
            Response.Status.CREATED,
            new AuthorizationView(address.toString(), Authorization.LIFE.toSeconds()));
      }
      case Beginning.TooMany(var retryAfter) -> {
        audit.recordSparingly(entry("refused", admitted).because("too_many"));
        throw new ProblemException(
            ProblemCode.RATE_LIMITED,
            "This caller has started too many authorizations for this client.",
            retryAfter);
      }
    };
  }

  @POST
  @Path("redeem")
  public Uni<Response> redeem(
      @RestPath String client,
      byte[] wish,
      @Context HttpHeaders headers,
      @Context ContainerRequestContext request) {
    var admitted = admitted(request, client, headers, AuditEvent.REDEEM);
    var fields =
        body.object(wish, Set.of("result", "state"))
            .filter(it -> it.has("result") && it.has("state"))
            .orElseThrow(
                () ->
                    invalid(
                        "The body must be {\"result\": \"…\", \"state\": \"…\"}, with the result from"
                            + " the browser's request and the state from the session of its user."));
    var result = fields.path("result").textValue();
    var state = fields.path("state").textValue();
    return threads.call(
        () ->
            results
                .redeem(admitted.client(), admitted.verified().requester(), result, state)
                .map(it -> json(Response.Status.OK, RedeemedView.of(it)))
                .orElseThrow(
                    () ->
                        new ProblemException(
                            ProblemCode.INVALID_RESULT, ProblemCode.INVALID_RESULT.detail)));
  }

  private Admitted admitted(
      ContainerRequestContext request, String client, HttpHeaders headers, AuditEvent event) {
    var admitted = admission.admit(VerifiedRequest.of(request), client, event);
    Negotiation.needsJson(headers);
    if (!authorizations.areOn()) {
      throw new ProblemException(
          ProblemCode.NOT_FOUND,
          "Connections are disabled. To enable them, set broker.connections.public-url.");
    }
    return admitted;
  }

  private static AuditEntry entry(String outcome, Admitted admitted) {
    return AuditEntry.of(AuditEvent.AUTHORIZE, outcome)
        .by(admitted.verified().requester())
        .of(admitted.owner());
  }

  private static boolean isState(@Nullable String text) {
    return text != null && STATE.matcher(text).matches();
  }

  private static Response json(Response.Status status, Object view) {
    return Response.status(status)
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .type(MediaType.APPLICATION_JSON_TYPE)
        .entity(view)
        .build();
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(ProblemCode.INVALID_REQUEST, detail);
  }

  /**
   * The URL to which the service sends the user's browser.
   *
   * @param expiresIn seconds
   */
  @RegisterForReflection
  record AuthorizationView(
      @JsonProperty("authorization_url") String authorizationUrl,
      @JsonProperty("expires_in") long expiresIn) {}

  /** The connection that the user has made. */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record RedeemedView(
      String connection,
      @JsonProperty("user_id") @Nullable String userId,
      @JsonProperty("user_email") @Nullable String userEmail) {

    static RedeemedView of(Connection connection) {
      return new RedeemedView(connection.id().value(), connection.userId(), connection.userEmail());
    }
  }
}
