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
 * @param runway how long callers can still be served if the upstream is down from now on; zero if
 *     there is no token
 * @param failure the last failure; null if there is none or it no longer matters
 * @param failedAt when the failure happened; null if there is none
 * @param lastSuccess when a token was last requested successfully; null if unknown
 * @param fetches how many fetches this replica made in the last hour, also for connections
 */
public record ClientStatus(
    State state,
    @Nullable AccessToken token,
    @Nullable Instant expiresAt,
    Duration runway,
    @Nullable UpstreamFailure failure,
    @Nullable Instant failedAt,
    @Nullable Instant lastSuccess,
    long fetches) {

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
      @Nullable LocalToken live,
      @Nullable UpstreamFailure failure,
      @Nullable Instant lastSuccess,
      long fetches,
      Now now) {
    var token = live == null ? null : live.token;
    return new ClientStatus(
        state(token, failure),
        token,
        token == null ? null : now.wall().plus(token.remaining(now)),
        live == null ? Duration.ZERO : Duration.ofNanos(live.usableNanosLeft(now)),
        failure,
        failure == null ? null : now.wall().minus(age(failure, now)),
        token == null ? later(lastSuccess, failure) : token.life().requestedAt(),
        fetches);
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
