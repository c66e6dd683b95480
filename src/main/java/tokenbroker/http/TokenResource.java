package tokenbroker.http;

import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Variant;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;
import tokenbroker.http.Admission.Admitted;
import tokenbroker.http.TokenAnswers.Representation;
import tokenbroker.tokens.Need;
import tokenbroker.tokens.TokenBroker;
import tokenbroker.tokens.TokenId;

/**
 * Live tokens for callers. A hit is answered on the event loop; no thread waits for a fetch but its
 * own.
 */
@ForCallers
@NonBlocking
@Path("tokens/{client}")
class TokenResource {

  private static final Need USABLE = new Need.Usable();
  private static final List<Variant> VARIANTS =
      Variant.mediaTypes(MediaType.APPLICATION_JSON_TYPE, MediaType.TEXT_PLAIN_TYPE).build();

  private final Admission admission;
  private final TokenBroker broker;
  private final TokenAnswers answers;
  private final VirtualThreads threads;
  private final JsonBody body;

  TokenResource(
      Admission admission,
      TokenBroker broker,
      TokenAnswers answers,
      VirtualThreads threads,
      JsonBody body) {
    this.admission = admission;
    this.broker = broker;
    this.answers = answers;
    this.threads = threads;
    this.body = body;
  }

  @GET
  @Produces({MediaType.APPLICATION_JSON, MediaType.TEXT_PLAIN})
  public Uni<Response> token(
      @RestPath String client,
      @Context HttpHeaders headers,
      @Context Request conditions,
      @Context ContainerRequestContext request) {
    return token(admission.admit(Exchange.of(request), client), headers, conditions, request);
  }

  @GET
  @Path("connections/{connection}")
  @Produces({MediaType.APPLICATION_JSON, MediaType.TEXT_PLAIN})
  public Uni<Response> tokenOfConnection(
      @RestPath String client,
      @RestPath String connection,
      @Context HttpHeaders headers,
      @Context Request conditions,
      @Context ContainerRequestContext request) {
    return token(
        admission.admit(Exchange.of(request), client, connection), headers, conditions, request);
  }

  @POST
  @Path("invalidate")
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  public Uni<Response> invalidate(
      @RestPath String client,
      String report,
      @Context HttpHeaders headers,
      @Context ContainerRequestContext request) {
    return invalidate(admission.admit(Exchange.of(request), client), report, headers);
  }

  @POST
  @Path("connections/{connection}/invalidate")
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  public Uni<Response> invalidateOfConnection(
      @RestPath String client,
      @RestPath String connection,
      String report,
      @Context HttpHeaders headers,
      @Context ContainerRequestContext request) {
    return invalidate(admission.admit(Exchange.of(request), client, connection), report, headers);
  }

  private Uni<Response> token(
      Admitted admitted, HttpHeaders headers, Request conditions, ContainerRequestContext request) {
    var need = need(request.getUriInfo().getQueryParameters().get("min_ttl"));
    var preferences = Preferences.of(headers.getRequestHeader("Prefer"));
    var representation = preferences.minimal() ? Representation.MINIMAL : accepted(conditions);
    var hit = broker.nearby(admitted.client(), admitted.account(), need);
    if (hit != null) {
      return Uni.createFrom().item(answers.answer(admitted, hit, representation));
    }
    var result =
        broker.tokenFor(admitted.client(), admitted.account(), need, preferences.patience());
    return Uni.createFrom()
        .completionStage(result.thenApply(it -> answers.answer(admitted, it, representation)));
  }

  private Uni<Response> invalidate(Admitted admitted, String report, HttpHeaders headers) {
    var dead = reported(report);
    var wait = Preferences.of(headers.getRequestHeader("Prefer")).patience();
    return threads.call(
        () -> {
          var invalidation = broker.invalidate(admitted.client(), admitted.account(), dead, wait);
          return answers.invalidated(admitted, invalidation.current(), invalidation.replaced());
        });
  }

  private static Representation accepted(Request conditions) {
    var variant = conditions.selectVariant(VARIANTS);
    if (variant == null) {
      throw new NotAcceptableException();
    }
    return variant.getMediaType().equals(MediaType.TEXT_PLAIN_TYPE)
        ? Representation.TEXT
        : Representation.JSON;
  }

  private static Need need(@Nullable List<String> minTtl) {
    if (minTtl == null) {
      return USABLE;
    }
    var text = minTtl.getFirst();
    if (minTtl.size() > 1 || !text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 86_400) {
      throw new ProblemException(
          ProblemCode.INVALID_REQUEST, "min_ttl is given once, in whole seconds from 0 to 86400.");
    }
    return new Need.MinTtl(Duration.ofSeconds(Integer.parseInt(text)));
  }

  private TokenId reported(String report) {
    return body.object(report, Set.of("token_id"))
        .flatMap(fields -> TokenId.parse(fields.path("token_id").asText()))
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.INVALID_REQUEST,
                    "The body is {\"token_id\": \"…\"}, with the id of the refused token."));
  }
}
