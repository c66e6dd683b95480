package tokenbroker.tokens;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What one fetch came to. */
public sealed interface FetchResult {

  /** What the upstream itself can be the cause of. */
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

  /** A fetch that brought no token. */
  sealed interface Failed extends FetchResult {}

  /** The upstream understood and said no. Asking again with the same credentials will not help. */
  record Rejected(OAuthError error) implements FromUpstream, Failed {}

  /**
   * Connection refused, 5xx, 429, or the breaker of this upstream is open.
   *
   * @param reason a word for logs and {@code GET /clients}: {@code connect}, {@code http_5xx},
   *     {@code http_429}, {@code breaker_open}
   * @param retryAfter what the upstream asked for; null where it asked for nothing
   */
  record Unavailable(String reason, @Nullable Duration retryAfter)
      implements FromUpstream, Failed {}

  /**
   * An answer that holds no token: not JSON, cut off, too large, or without a usable {@code
   * access_token}.
   *
   * @param reason a word such as {@code not_json}; never the upstream's own text
   */
  record InvalidResponse(String reason) implements FromUpstream, Failed {}

  record TimedOut() implements FromUpstream, Failed {}

  /** The connection's refresh token is dead: its user must connect again. */
  record ReconnectRequired() implements Failed {}

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
