package tokenbroker.tokens;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Now;

/**
 * How a client fares, for {@code GET /clients}.
 *
 * @param token the token that is served now; null where there is none
 * @param expiresAt the end of the token; null where there is none
 * @param failure the last failure, for about as long as it matters
 * @param failedAt when that was; null if there is no failure
 * @param lastSuccess when a token was last requested with success; null if that is not known
 */
public record ClientStatus(
    State state,
    @Nullable AccessToken token,
    @Nullable Instant expiresAt,
    @Nullable UpstreamFailure failure,
    @Nullable Instant failedAt,
    @Nullable Instant lastSuccess) {

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

  static ClientStatus of(
      @Nullable AccessToken token,
      @Nullable UpstreamFailure failure,
      @Nullable Instant lastSuccess,
      Now now) {
    return new ClientStatus(
        state(token, failure),
        token,
        token == null ? null : now.wall().plus(token.remaining(now)),
        failure,
        failure == null ? null : now.wall().minus(age(failure, now)),
        token == null ? lastSuccess : token.life().requestedAt());
  }

  private static State state(@Nullable AccessToken token, @Nullable UpstreamFailure failure) {
    if (failure != null) {
      return failure.cause() instanceof FailureCause.OAuthError ? State.REJECTED : State.FAILING;
    }
    return token == null ? State.IDLE : State.READY;
  }

  private static Duration age(UpstreamFailure failure, Now now) {
    return failure.at().until(now.moment());
  }
}
