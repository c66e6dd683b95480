package tokenbroker.sandbox.trackmage;

import jakarta.ws.rs.core.Response;
import java.util.Map;

/**
 * Responds to the token requests of all endpoints. The implementation is in {@code
 * tokenbroker.sandbox.faults}, because it adds faults to the responses of {@link
 * TrackMageLookAlike}.
 */
public interface TokenResponder {

  /**
   * Returns the response to a token request.
   *
   * @param parameters in their OAuth names, with the client's credentials; empty if the request has
   *     none that can be read
   */
  Response respond(Map<String, String> parameters);
}
