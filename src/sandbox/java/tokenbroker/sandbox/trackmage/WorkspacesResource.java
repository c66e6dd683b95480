package tokenbroker.sandbox.trackmage;

import static jakarta.ws.rs.core.MediaType.APPLICATION_JSON;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tokenbroker.sandbox.trackmage.AccessTokens.Validity;

/** A resource of TrackMage, to try an access token. */
@Path("/sandbox/trackmage/workspaces")
@Produces(APPLICATION_JSON)
class WorkspacesResource {

  private static final String BEARER = "Bearer ";

  private final TrackMageLookAlike trackMage;

  WorkspacesResource(TrackMageLookAlike trackMage) {
    this.trackMage = trackMage;
  }

  @GET
  public Response workspaces(
      @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization) {
    if (authorization == null || !authorization.startsWith(BEARER)) {
      return unauthorized("JWT Token not found");
    }
    return switch (trackMage.check(authorization.substring(BEARER.length()))) {
      case Validity.Valid(var email) -> Response.ok(List.of(workspaceOf(email))).build();
      case Validity.Expired _ -> unauthorized("Expired JWT Token");
      case Validity.Invalid _ -> unauthorized("Invalid JWT Token");
    };
  }

  private static Map<String, String> workspaceOf(String email) {
    return Map.of("id", "sandbox-workspace", "title", titleOf(email));
  }

  static String titleOf(String email) {
    return "Sandbox of " + email;
  }

  private static Response unauthorized(String message) {
    return Response.status(Response.Status.UNAUTHORIZED)
        .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
        .entity(Map.of("code", 401, "message", message))
        .build();
  }
}
