package tokenbroker.tokens;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a client fares, for {@code GET /clients}.
 *
 * @param token the token that is served now; null where there is none
 * @param failure the last failure, for about as long as it matters
 */
public record ClientStatus(
    State state, @Nullable AccessToken token, @Nullable UpstreamFailure failure) {

  /** In one word. */
  public enum State {
    /** A live token is served. */
    READY,
    /** No token is at hand, because nobody asked for one. */
    IDLE,
    /** The upstream fails; a live token is served as long as there is one. */
    FAILING,
    /** The upstream refuses the credentials, the grant or the scope. */
    REJECTED
  }

  static ClientStatus of(@Nullable AccessToken token, @Nullable UpstreamFailure failure) {
    if (failure != null) {
      var rejected = failure.kind() == UpstreamFailure.Kind.REJECTED;
      return new ClientStatus(rejected ? State.REJECTED : State.FAILING, token, failure);
    }
    return new ClientStatus(token == null ? State.IDLE : State.READY, token, null);
  }

  public @Nullable Instant lastSuccess() {
    return token == null ? null : token.requestedAt();
  }
}
