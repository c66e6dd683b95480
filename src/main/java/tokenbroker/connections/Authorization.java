package tokenbroker.connections;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;

/**
 * An authorization under way: a caller asked for it, a browser carries it out.
 *
 * @param returnTo where the browser goes in the end; one of the client's {@code return-to}
 * @param state the caller's own, handed back as it is; null where it gave none
 * @param verifier proves to the upstream that who exchanges the code is who asked for it (PKCE)
 * @param asked who asked
 * @param traceId of the request that asked
 */
public record Authorization(
    AuthorizationId id,
    String returnTo,
    @Nullable String state,
    String verifier,
    Caller asked,
    String traceId) {

  /** From the caller's request to the browser's return. */
  public static final Duration LIFE = Duration.ofMinutes(10);

  @Override
  public String toString() {
    return "Authorization[client=" + id.client() + "]";
  }
}
