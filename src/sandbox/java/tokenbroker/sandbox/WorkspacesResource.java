package tokenbroker.sandbox;

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
import tokenbroker.sandbox.UserTokens.Verdict;

/** A resource of TrackMage on which to try a token. */
@Path("/sandbox/trackmage/workspaces")
@Produces(APPLICATION_JSON)
class WorkspacesResource {

  private static final String BEARER = "Bearer ";

  private final SandboxTrackMage trackMage;

  WorkspacesResource(SandboxTrackMage trackMage) {
    this.trackMage = trackMage;
  }

  @GET
  public Response workspaces(
      @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization) {
    if (authorization == null || !authorization.startsWith(BEARER)) {
      return refuse("JWT Token not found");
    }
    return switch (trackMage.judge(authorization.substring(BEARER.length()))) {
      case Verdict.Live(var email) -> Response.ok(List.of(workspaceOf(email))).build();
      case Verdict.Expired _ -> refuse("Expired JWT Token");
      case Verdict.Invalid _ -> refuse("Invalid JWT Token");
    };
  }

  private static Map<String, String> workspaceOf(String email) {
    return Map.of("id", "sandbox-workspace", "title", "Sandbox of " + email);
  }

  private static Response refuse(String message) {
    return Response.status(Response.Status.UNAUTHORIZED)
        .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
        .entity(Map.of("code", 401, "message", message))
        .build();
  }
}
