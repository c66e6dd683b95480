package tokenbroker.sandbox;

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
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tokenbroker.sandbox.AuthorizationRequest.Reading;

/**
 * TrackMage's authorization endpoint. Users see it in their browser, and clients may post codes to
 * it.
 */
@Path("/sandbox/trackmage/oauth/v2/auth")
@Produces(WILDCARD)
@RunOnVirtualThread
class AuthorizationEndpoint {

  private final SandboxTrackMage trackMage;
  private final TokenRequests tokenRequests;
  private final Optional<Set<String>> redirectUris;

  AuthorizationEndpoint(
      SandboxTrackMage trackMage, TokenRequests tokenRequests, SandboxConfig config) {
    this.trackMage = trackMage;
    this.tokenRequests = tokenRequests;
    this.redirectUris = config.redirectUris();
  }

  @GET
  public Response ask(@Context UriInfo uri) {
    return read(uri, ConsentPage::ask);
  }

  /**
   * Receives the consent form. The authorization request is in the query, as it was when the form
   * was shown.
   */
  @POST
  @Consumes(APPLICATION_FORM_URLENCODED)
  public Response decide(@Context UriInfo uri, MultivaluedMap<String, String> form) {
    return read(uri, request -> decide(request, TokenParameters.of(form)));
  }

  /**
   * Exchanges a code, as TrackMage's documentation does at this endpoint. Other grants are refused.
   */
  @POST
  @Consumes(APPLICATION_JSON)
  public Response exchange(String body) {
    var parameters = TokenParameters.ofJson(body);
    return tokenRequests.answer(
        "authorization_code".equals(parameters.get("grant_type")) ? parameters : Map.of());
  }

  private Response read(UriInfo uri, Function<AuthorizationRequest, Response> then) {
    var parameters = TokenParameters.of(uri.getQueryParameters());
    return switch (AuthorizationRequest.read(parameters, redirectUris)) {
      case Reading.Good(var request) -> then.apply(request);
      case Reading.ForUser(var message) -> ConsentPage.refuse(message);
      case Reading.ForClient(var location) -> Pages.redirect(302, location).build();
    };
  }

  private Response decide(AuthorizationRequest request, Map<String, String> form) {
    if (!"allow".equals(form.get("decision"))) {
      var denied =
          request.errorLocation("access_denied", "The user denied access to your application");
      return Pages.redirect(302, denied).build();
    }
    var other = form.getOrDefault("other", "");
    return Users.find(other.isBlank() ? form.get("user") : other)
        .map(user -> Pages.redirect(302, request.codeLocation(trackMage.allow(request, user))))
        .map(Response.ResponseBuilder::build)
        .orElseGet(() -> ConsentPage.askAgain(request));
  }
}
