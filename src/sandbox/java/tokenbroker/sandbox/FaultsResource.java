package tokenbroker.sandbox;

import static jakarta.ws.rs.core.MediaType.APPLICATION_JSON;
import static jakarta.ws.rs.core.MediaType.WILDCARD;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.util.Objects;

/** The endpoint that orders faults. */
@Path("/sandbox/faults")
@Produces(APPLICATION_JSON)
class FaultsResource {

  private final Faults faults;
  private final SandboxTrackMage trackMage;

  FaultsResource(Faults faults, SandboxTrackMage trackMage) {
    this.faults = faults;
    this.trackMage = trackMage;
  }

  /**
   * Adds an order. It accepts JSON under any content type, because {@code curl -d} labels
   * everything as a form.
   */
  @PUT
  @Consumes(WILDCARD)
  public Faults.Report put(String body) {
    var order = FaultOrder.parse(body);
    if (FaultOrder.REVOKED.equals(order.fault())) {
      revoke(order);
    } else {
      faults.put(order);
    }
    return faults.report();
  }

  /**
   * Revokes tokens. This is a single action and not a state: tokens that are issued later are
   * valid.
   */
  private void revoke(FaultOrder order) {
    var whose = new Whose(order.clientId(), order.user());
    var tokens = Objects.requireNonNullElse(order.tokens(), "access");
    if (!tokens.equals("refresh")) {
      trackMage.revokeAccessTokens(whose);
    }
    if (!tokens.equals("access")) {
      trackMage.revokeRefreshTokens(whose);
    }
  }

  @GET
  public Faults.Report get() {
    return faults.report();
  }

  @DELETE
  public Faults.Report delete() {
    faults.clear();
    return faults.report();
  }
}
