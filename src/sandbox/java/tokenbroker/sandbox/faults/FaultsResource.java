package tokenbroker.sandbox.faults;

import static jakarta.ws.rs.core.MediaType.APPLICATION_JSON;
import static jakarta.ws.rs.core.MediaType.WILDCARD;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.util.Objects;
import tokenbroker.sandbox.trackmage.TokenSelector;
import tokenbroker.sandbox.trackmage.TrackMageLookAlike;

/** The endpoint that sets faults and reports them. */
@Path("/sandbox/faults")
@Produces(APPLICATION_JSON)
class FaultsResource {

  private final ActiveFaults faults;
  private final TrackMageLookAlike trackMage;

  FaultsResource(ActiveFaults faults, TrackMageLookAlike trackMage) {
    this.faults = faults;
    this.trackMage = trackMage;
  }

  /**
   * Sets a fault. The content type does not matter, because {@code curl -d} always sends that of a
   * form.
   */
  @PUT
  @Consumes(WILDCARD)
  public ActiveFaults.Report put(String body) {
    var spec = FaultSpec.parse(body);
    if (FaultSpec.REVOKED.equals(spec.fault())) {
      revoke(spec);
    } else {
      faults.set(spec);
    }
    return faults.report();
  }

  /**
   * Revokes tokens. This is a single action, not a lasting fault: tokens that are issued later are
   * valid.
   */
  private void revoke(FaultSpec spec) {
    var selector = new TokenSelector(spec.clientId(), spec.user());
    var tokens = Objects.requireNonNullElse(spec.tokens(), "access");
    if (!tokens.equals("refresh")) {
      trackMage.revokeAccessTokens(selector);
    }
    if (!tokens.equals("access")) {
      trackMage.revokeRefreshTokens(selector);
    }
  }

  @GET
  public ActiveFaults.Report get() {
    return faults.report();
  }

  @DELETE
  public ActiveFaults.Report delete() {
    faults.clear();
    return faults.report();
  }
}
