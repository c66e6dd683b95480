package tokenbroker.connections;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;
import tokenbroker.tokens.Provenance;

/**
 * An authorization under way: a caller asked for it, a browser carries it out.
 *
 * @param returnTo where the browser goes in the end; one of the client's {@code return-to}
 * @param state the caller's own, handed back as it is; null where it gave none
 * @param verifier proves to the upstream that who exchanges the code is who asked for it (PKCE)
 * @param asked who asked
 * @param traceId of the request that asked
 * @param provenance the server and the TrackMage client that the user is asked about: the code goes
 *     nowhere else
 */
public record Authorization(
    AuthorizationId id,
    String returnTo,
    @Nullable String state,
    String verifier,
    Caller asked,
    String traceId,
    Provenance provenance) {

  /** From the caller's request to the browser's return. */
  public static final Duration LIFE = Duration.ofMinutes(10);

  @Override
  public String toString() {
    return "Authorization[client=" + id.client() + "]";
  }
}
