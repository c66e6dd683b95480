package tokenbroker.sandbox;

import static jakarta.ws.rs.core.MediaType.APPLICATION_FORM_URLENCODED;
import static jakarta.ws.rs.core.MediaType.APPLICATION_JSON;
import static jakarta.ws.rs.core.MediaType.WILDCARD;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tokenbroker.sandbox.TokenAnswer.Refused;

/** TrackMage's token endpoint, with the faults that were asked for. */
@Path("/sandbox/trackmage/oauth/v2/token")
@Produces(WILDCARD)
@RunOnVirtualThread
class TokenEndpoint {

  private final SandboxTrackMage trackMage;
  private final Faults faults;
  private final BrokenAnswers broken;

  TokenEndpoint(SandboxTrackMage trackMage, Faults faults, BrokenAnswers broken) {
    this.trackMage = trackMage;
    this.faults = faults;
    this.broken = broken;
  }

  @GET
  public Response query(@Context UriInfo uri) {
    return answer(TokenParameters.of(uri.getQueryParameters()));
  }

  @POST
  @Consumes(APPLICATION_FORM_URLENCODED)
  public Response form(
      @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
      MultivaluedMap<String, String> form) {
    return answer(TokenParameters.with(authorization, TokenParameters.of(form)));
  }

  @POST
  @Consumes(APPLICATION_JSON)
  public Response json(String body) {
    return answer(TokenParameters.ofJson(body));
  }

  /** Parameters in the query of a POST do not count. */
  @POST
  @Consumes(WILDCARD)
  public Response neither() {
    return answer(Map.of());
  }

  private Response answer(Map<String, String> parameters) {
    return switch (faults.next(parameters.get("client_id"))) {
      case Fault.None _ -> json(trackMage.token(parameters));
      case Fault.Expired(var lifetime) -> json(trackMage.token(parameters, lifetime));
      case Fault.Slow(var delay) -> {
        pause(delay);
        yield json(trackMage.token(parameters));
      }
      case Fault.Rejected(var error) -> json(new Refused(error, null));
      case Fault.HttpError(var status, var retryAfter) -> broken.error(status, retryAfter);
      case Fault.Garbage _ -> broken.page(200).build();
      case Fault.Truncated _ -> broken.cutOff(json(trackMage.token(parameters)));
    };
  }

  /** Errors have status 400 whatever they are: TrackMage hardly knows another. */
  private static Response json(TokenAnswer answer) {
    var status = answer instanceof Refused ? 400 : 200;
    return Response.status(status).type(APPLICATION_JSON).entity(answer).build();
  }

  private static void pause(Duration delay) {
    try {
      Thread.sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
