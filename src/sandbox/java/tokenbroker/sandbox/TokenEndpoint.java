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
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** TrackMage's token endpoint. */
@Path("/sandbox/trackmage/oauth/v2/token")
@Produces(WILDCARD)
@RunOnVirtualThread
class TokenEndpoint {

  private final TokenRequests requests;

  TokenEndpoint(TokenRequests requests) {
    this.requests = requests;
  }

  @GET
  public Response query(@Context UriInfo uri) {
    return requests.answer(TokenParameters.of(uri.getQueryParameters()));
  }

  @POST
  @Consumes(APPLICATION_FORM_URLENCODED)
  public Response form(
      @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
      MultivaluedMap<String, String> form) {
    return requests.answer(TokenParameters.with(authorization, TokenParameters.of(form)));
  }

  @POST
  @Consumes(APPLICATION_JSON)
  public Response json(String body) {
    return requests.answer(TokenParameters.ofJson(body));
  }

  /** Answers a POST of any other content type. Parameters in the query of a POST are ignored. */
  @POST
  @Consumes(WILDCARD)
  public Response neither() {
    return requests.answer(Map.of());
  }
}
