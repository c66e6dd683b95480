package tokenbroker.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;
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

  /** Where a body came without a length; one that says its length is refused unread. */
  private static final int LARGEST_BODY = 8 * 1024;

  private static final Need USABLE = new Need.Usable();
  private static final List<Variant> VARIANTS =
      Variant.mediaTypes(MediaType.APPLICATION_JSON_TYPE, MediaType.TEXT_PLAIN_TYPE).build();

  private final Admission admission;
  private final TokenBroker broker;
  private final TokenAnswers answers;
  private final VirtualThreads threads;
  private final ObjectMapper json;

  TokenResource(
      Admission admission,
      TokenBroker broker,
      TokenAnswers answers,
      VirtualThreads threads,
      ObjectMapper json) {
    this.admission = admission;
    this.broker = broker;
    this.answers = answers;
    this.threads = threads;
    this.json = json;
  }

  @GET
  @Produces({MediaType.APPLICATION_JSON, MediaType.TEXT_PLAIN})
  public Uni<Response> token(
      @RestPath String client,
      @Context HttpHeaders headers,
      @Context Request conditions,
      @Context ContainerRequestContext request) {
    var admitted = admission.admit(Exchange.of(request), client);
    var need = need(request.getUriInfo().getQueryParameters().get("min_ttl"));
    var preferences = Preferences.of(headers.getRequestHeader("Prefer"));
    var representation = preferences.minimal() ? Representation.MINIMAL : accepted(conditions);
    var hit = broker.nearby(admitted.client().name(), need);
    if (hit != null) {
      return Uni.createFrom().item(answers.answer(admitted, hit, representation));
    }
    var result = broker.tokenFor(admitted.client(), need, preferences.patience());
    return Uni.createFrom()
        .completionStage(result.thenApply(it -> answers.answer(admitted, it, representation)));
  }

  @POST
  @Path("invalidate")
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  public Uni<Response> invalidate(
      @RestPath String client,
      String body,
      @Context HttpHeaders headers,
      @Context ContainerRequestContext request) {
    var admitted = admission.admit(Exchange.of(request), client);
    var dead = reported(body);
    var wait = Preferences.of(headers.getRequestHeader("Prefer")).patience();
    return threads.call(
        () -> {
          var invalidation = broker.invalidate(admitted.client(), dead, wait);
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

  private TokenId reported(String body) {
    if (body.length() > LARGEST_BODY) {
      throw new ProblemException(
          ProblemCode.CONTENT_TOO_LARGE, ProblemCode.CONTENT_TOO_LARGE.detail);
    }
    try {
      var node = json.readTree(body);
      if (node != null
          && node.isObject()
          && node.size() == 1
          && node.path("token_id").isTextual()) {
        var id = TokenId.parse(node.path("token_id").textValue());
        if (id.isPresent()) {
          return id.get();
        }
      }
    } catch (JsonProcessingException e) {
      // Said below: the body, and what a parser makes of it, is not repeated.
    }
    throw new ProblemException(
        ProblemCode.INVALID_REQUEST,
        "The body is {\"token_id\": \"…\"}, with the id of the refused token.");
  }
}
