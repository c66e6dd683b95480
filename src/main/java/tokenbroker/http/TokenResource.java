package tokenbroker.http;

import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;
import tokenbroker.http.Admission.Admitted;
import tokenbroker.http.TokenResponses.Representation;
import tokenbroker.tokens.TokenBroker;
import tokenbroker.tokens.TokenId;
import tokenbroker.tokens.TokenRequirement;

/**
 * The resource that returns live tokens to callers. It answers a cache hit on the event loop. No
 * thread waits for a fetch, except the thread that performs it.
 */
@ForCallers
@NonBlocking
@Path("tokens/{client}")
class TokenResource {

  private static final TokenRequirement USABLE = new TokenRequirement.Usable();

  private final Admission admission;
  private final TokenBroker broker;
  private final TokenResponses answers;
  private final VirtualThreads threads;
  private final JsonBody body;

  TokenResource(
      Admission admission,
      TokenBroker broker,
      TokenResponses answers,
      VirtualThreads threads,
      JsonBody body) {
    this.admission = admission;
    this.broker = broker;
    this.answers = answers;
    this.threads = threads;
    this.body = body;
  }

  @GET
  public Uni<Response> token(
      @RestPath String client,
      @Context HttpHeaders headers,
      @Context ContainerRequestContext request) {
    return token(admission.admit(VerifiedRequest.of(request), client), headers, request);
  }

  @GET
  @Path("connections/{connection}")
  public Uni<Response> tokenOfConnection(
      @RestPath String client,
      @RestPath String connection,
      @Context HttpHeaders headers,
      @Context ContainerRequestContext request) {
    return token(
        admission.admit(VerifiedRequest.of(request), client, connection), headers, request);
  }

  @POST
  @Path("invalidate")
  @Consumes(MediaType.APPLICATION_JSON)
  public Uni<Response> invalidate(
      @RestPath String client,
      byte[] report,
      @Context HttpHeaders headers,
      @Context ContainerRequestContext request) {
    return invalidate(admission.admit(VerifiedRequest.of(request), client), report, headers);
  }

  @POST
  @Path("connections/{connection}/invalidate")
  @Consumes(MediaType.APPLICATION_JSON)
  public Uni<Response> invalidateOfConnection(
      @RestPath String client,
      @RestPath String connection,
      byte[] report,
      @Context HttpHeaders headers,
      @Context ContainerRequestContext request) {
    return invalidate(
        admission.admit(VerifiedRequest.of(request), client, connection), report, headers);
  }

  private Uni<Response> token(
      Admitted admitted, HttpHeaders headers, ContainerRequestContext request) {
    var need = need(request.getUriInfo().getQueryParameters().get("min_ttl"));
    var preferences = RequestPreferences.of(headers.getRequestHeader("Prefer"));
    var representation = preferences.minimal() ? Representation.MINIMAL : accepted(headers);
    var hit = broker.nearby(admitted.client(), admitted.owner(), need);
    if (hit != null) {
      return Uni.createFrom().item(answers.answer(admitted, hit, representation));
    }
    var result =
        broker.tokenFor(admitted.client(), admitted.owner(), need, preferences.waitLimit());
    return Uni.createFrom()
        .completionStage(result.thenApply(it -> answers.answer(admitted, it, representation)));
  }

  private Uni<Response> invalidate(Admitted admitted, byte[] report, HttpHeaders headers) {
    Negotiation.needsJson(headers);
    var dead = reported(report);
    var wait = RequestPreferences.of(headers.getRequestHeader("Prefer")).waitLimit();
    return threads.call(
        () -> {
          var invalidation = broker.invalidate(admitted.client(), admitted.owner(), dead, wait);
          return answers.invalidated(admitted, invalidation);
        });
  }

  private static Representation accepted(HttpHeaders headers) {
    var accept = headers.getRequestHeader(HttpHeaders.ACCEPT);
    return switch (Negotiation.best(accept, Negotiation.JSON, Negotiation.TEXT)) {
      case Negotiation.JSON -> Representation.JSON;
      case Negotiation.TEXT -> Representation.TEXT;
      case null, default -> throw new NotAcceptableException();
    };
  }

  private static TokenRequirement need(@Nullable List<String> minTtl) {
    if (minTtl == null) {
      return USABLE;
    }
    var text = minTtl.getFirst();
    if (minTtl.size() > 1 || !text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 86_400) {
      throw new ProblemException(
          ProblemCode.INVALID_REQUEST,
          "min_ttl must be given at most once, as a whole number of seconds from 0 to 86400.");
    }
    return new TokenRequirement.MinTtl(Duration.ofSeconds(Integer.parseInt(text)));
  }

  private TokenId reported(byte[] report) {
    return body.object(report, Set.of("token_id"))
        .flatMap(fields -> TokenId.parse(fields.path("token_id").asText()))
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.INVALID_REQUEST,
                    "The body must be {\"token_id\": \"…\"}, with the id of the rejected token."));
  }
}
