package tokenbroker.sandbox.trackmage;

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

/** The token endpoint (RFC 6749 §3.2), with every form of request that TrackMage accepts. */
@Path("/sandbox/trackmage/oauth/v2/token")
@Produces(WILDCARD)
@RunOnVirtualThread
class TokenEndpoint {

  private final TokenResponder responder;

  TokenEndpoint(TokenResponder responder) {
    this.responder = responder;
  }

  @GET
  public Response query(@Context UriInfo uri) {
    return responder.respond(OAuthParameters.of(uri.getQueryParameters()));
  }

  @POST
  @Consumes(APPLICATION_FORM_URLENCODED)
  public Response form(
      @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
      MultivaluedMap<String, String> form) {
    return responder.respond(OAuthParameters.with(authorization, OAuthParameters.of(form)));
  }

  @POST
  @Consumes(APPLICATION_JSON)
  public Response json(String body) {
    return responder.respond(OAuthParameters.ofJson(body));
  }

  /** Handles a POST of any other content type. The query of a POST is ignored. */
  @POST
  @Consumes(WILDCARD)
  public Response other() {
    return responder.respond(Map.of());
  }
}
