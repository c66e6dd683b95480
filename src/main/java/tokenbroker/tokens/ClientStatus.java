package tokenbroker.tokens;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Now;

/**
 * The state of a client's own account, for {@code GET /clients}.
 *
 * @param token the token that is served now; null if there is none
 * @param expiresAt when the token expires; null if there is none
 * @param failure the last failure; null if there is none or it no longer matters
 * @param failedAt when the failure happened; null if there is none
 * @param lastSuccess when a token was last requested successfully; null if unknown
 */
public record ClientStatus(
    State state,
    @Nullable AccessToken token,
    @Nullable Instant expiresAt,
    @Nullable UpstreamFailure failure,
    @Nullable Instant failedAt,
    @Nullable Instant lastSuccess) {

  /** The state in one word. */
  public enum State {
    /** The client has a live token and no failure. */
    READY,
    /** The client has no token, because no caller has asked for one. */
    IDLE,
    /**
     * Fetches fail for a reason other than a rejection. The broker serves a live token for as long
     * as it has one.
     */
    FAILING,
    /** The upstream rejects the credentials, the grant or the scope. */
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
        token == null ? later(lastSuccess, failure) : token.life().requestedAt());
  }

  /** Returns the later of two times. Another replica may have got the last token. */
  private static @Nullable Instant later(
      @Nullable Instant known, @Nullable UpstreamFailure failure) {
    var told = failure == null ? null : failure.lastSuccess();
    return known == null || (told != null && told.isAfter(known)) ? told : known;
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
