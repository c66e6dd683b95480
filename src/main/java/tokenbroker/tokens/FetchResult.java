package tokenbroker.tokens;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The result of one fetch. */
public sealed interface FetchResult {

  /** A result that the upstream itself can cause. */
  sealed interface FromUpstream extends FetchResult {}

  /**
   * A fetched token.
   *
   * @param refreshToken the new refresh token; null if the upstream returned none, as for a
   *     client's own tokens
   * @param whenKept must run once the token is in the store, and may run more than once. Until then
   *     no other replica refreshes this connection
   */
  record Fetched(AccessToken token, @Nullable RefreshToken refreshToken, Runnable whenKept)
      implements FromUpstream {

    @SuppressWarnings("UnnecessaryLambda") // One instance, so that equal results are equal.
    private static final Runnable NOTHING = () -> {};

    public Fetched(AccessToken token, @Nullable RefreshToken refreshToken) {
      this(token, refreshToken, NOTHING);
    }

    public Fetched(AccessToken token) {
      this(token, null);
    }
  }

  /**
   * A failed fetch.
   *
   * @param retryAfter the delay that the upstream asked for; null if it asked for none
   * @param detail what happened, in the broker's own words: which server or proxy did what. It
   *     contains no secret and no text of the upstream; null if there is nothing to add to the
   *     cause
   */
  record Failed(FailureCause cause, @Nullable Duration retryAfter, @Nullable String detail)
      implements FromUpstream {
    public Failed(FailureCause cause) {
      this(cause, null);
    }

    public Failed(FailureCause cause, @Nullable Duration retryAfter) {
      this(cause, retryAfter, null);
    }

    public Failed withDetail(String text) {
      return new Failed(cause, retryAfter, text);
    }
  }

  /** The connection does not exist. There is no failure to remember. */
  record Gone() implements FetchResult {}

  /** Another replica is refreshing this connection and will put the token into the store. */
  record ClaimedElsewhere() implements FetchResult {}

  /**
   * The connection changed during this fetch, for example by a reconnect. The fetched token belongs
   * to the previous grant and is discarded. The store has the current state.
   */
  record Superseded() implements FetchResult {}
}
