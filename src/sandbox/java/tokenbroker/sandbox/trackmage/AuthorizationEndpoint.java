package tokenbroker.sandbox.trackmage;

import static jakarta.ws.rs.core.MediaType.APPLICATION_FORM_URLENCODED;
import static jakarta.ws.rs.core.MediaType.APPLICATION_JSON;
import static jakarta.ws.rs.core.MediaType.WILDCARD;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.Map;
import java.util.function.Function;
import tokenbroker.sandbox.trackmage.AuthorizationRequest.Reading;
import tokenbroker.sandbox.web.BrowserResponses;

/**
 * The authorization endpoint (RFC 6749 §3.1). A user's browser opens it. A client may also exchange
 * a code here.
 */
@Path("/sandbox/trackmage/oauth/v2/auth")
@Produces(WILDCARD)
@RunOnVirtualThread
class AuthorizationEndpoint {

  private final TrackMageLookAlike trackMage;
  private final TokenResponder tokenResponder;
  private final RedirectUris redirectUris;

  AuthorizationEndpoint(
      TrackMageLookAlike trackMage, TokenResponder tokenResponder, RedirectUris redirectUris) {
    this.trackMage = trackMage;
    this.tokenResponder = tokenResponder;
    this.redirectUris = redirectUris;
  }

  @GET
  public Response ask(@Context UriInfo uri) {
    return read(uri, request -> ConsentPage.ask(request, trackMage.lifetimes()));
  }

  /**
   * Receives the consent form. The query contains the authorization request, as it did when the
   * form was shown.
   */
  @POST
  @Consumes(APPLICATION_FORM_URLENCODED)
  public Response decide(@Context UriInfo uri, MultivaluedMap<String, String> form) {
    return read(uri, request -> decide(request, OAuthParameters.of(form)));
  }

  /**
   * Exchanges a code, because TrackMage's documentation does so at this endpoint. Other grant types
   * are refused.
   */
  @POST
  @Consumes(APPLICATION_JSON)
  public Response exchange(String body) {
    var parameters = OAuthParameters.ofJson(body);
    return tokenResponder.respond(
        "authorization_code".equals(parameters.get("grant_type")) ? parameters : Map.of());
  }

  private Response read(UriInfo uri, Function<AuthorizationRequest, Response> then) {
    var parameters = OAuthParameters.of(uri.getQueryParameters());
    return switch (AuthorizationRequest.read(parameters, redirectUris)) {
      case Reading.Valid(var request) -> then.apply(request);
      case Reading.ErrorForUser(var message) -> ConsentPage.error(message);
      case Reading.ErrorForClient(var url) -> BrowserResponses.redirect(302, url).build();
    };
  }

  private Response decide(AuthorizationRequest request, Map<String, String> form) {
    if (!"allow".equals(form.get("decision"))) {
      var denied = request.errorUrl("access_denied", "The user denied access to your application");
      return BrowserResponses.redirect(302, denied).build();
    }
    var other = form.getOrDefault("other", "");
    return Users.find(other.isBlank() ? form.get("user") : other)
        .map(
            user -> BrowserResponses.redirect(302, request.codeUrl(trackMage.allow(request, user))))
        .map(Response.ResponseBuilder::build)
        .orElseGet(() -> ConsentPage.askAgain(request, trackMage.lifetimes()));
  }
}
