package tokenbroker.tokens;

import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;

/**
 * The last thing known of an account's upstream is that it failed: no replica asks before {@code
 * retryAt}.
 *
 * @param kind what callers are told meanwhile
 * @param error the upstream's error; only with {@link Kind#REJECTED}
 * @param reason a word for logs and {@code GET /clients}, such as {@code invalid_client}, {@code
 *     timeout} or {@code http_5xx}
 * @param attempts failed fetches in a row, this one included
 * @param at when it failed
 * @param retryAt when the next attempt is due
 * @param provenance what failed: another server or other credentials may be tried at once
 */
public record UpstreamFailure(
    Kind kind,
    @Nullable OAuthError error,
    String reason,
    int attempts,
    Moment at,
    Moment retryAt,
    Provenance provenance) {

  /** How a fetch failed, as far as callers care. */
  public enum Kind {
    REJECTED,
    UNAVAILABLE,
    INVALID_RESPONSE,
    TIMED_OUT,
    RECONNECT_REQUIRED
  }
}
