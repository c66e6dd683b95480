package tokenbroker.http;

import java.time.Instant;
import tokenbroker.time.Now;
import tokenbroker.time.Rfc3339;
import tokenbroker.tokens.AccessToken;

/**
 * The parts of a token's JSON that change with time and caller.
 *
 * @param expiresIn the remaining seconds, rounded down
 * @param expiresAt when the token expires, in whole seconds
 * @param refreshAt when this caller should request the token again, in whole seconds
 */
record Validity(long expiresIn, String expiresAt, String refreshAt) {

  static Validity of(AccessToken token, Now now, Instant refreshAt) {
    var remaining = token.remaining(now);
    return new Validity(
        remaining.toSeconds(),
        Rfc3339.seconds(now.wall().plus(remaining)),
        Rfc3339.seconds(refreshAt));
  }

  /** Returns the fields as they are in the JSON of a {@link TokenView}. */
  String json() {
    return "\"expires_in\":"
        + expiresIn
        + ",\"expires_at\":\""
        + expiresAt
        + "\",\"refresh_at\":\""
        + refreshAt
        + '"';
  }
}
