package tokenbroker.tokens;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The result of one fetch. */
public sealed interface FetchResult {

  /** A result that the upstream itself can be the cause of. */
  sealed interface FromUpstream extends FetchResult {}

  /**
   * A token.
   *
   * @param refreshToken null where the upstream gave none, as it does for a client's own tokens
   * @param whenKept to be run when the token is in the store: until then no other replica fetches
   *     one of this connection. May be run more than once
   */
  record Fetched(AccessToken token, @Nullable RefreshToken refreshToken, Runnable whenKept)
      implements FromUpstream {

    @SuppressWarnings("UnnecessaryLambda") // One object, so that equal results are equal.
    private static final Runnable NOTHING = () -> {};

    public Fetched(AccessToken token, @Nullable RefreshToken refreshToken) {
      this(token, refreshToken, NOTHING);
    }

    public Fetched(AccessToken token) {
      this(token, null);
    }
  }

  /**
   * No token.
   *
   * @param retryAfter what the upstream asked for; null if it asked for nothing
   */
  record Failed(FailureCause cause, @Nullable Duration retryAfter) implements FromUpstream {
    public Failed(FailureCause cause) {
      this(cause, null);
    }
  }

  /** There is no such connection. Nothing to remember. */
  record Gone() implements FetchResult {}

  /** Another replica is renewing this connection: what it brings will be in the store. */
  record ClaimedElsewhere() implements FetchResult {}

  /**
   * The connection was changed while this fetch was under way, by a reconnect for example. What it
   * brought belongs to the former grant; what counts now is in the store.
   */
  record Superseded() implements FetchResult {}
}
