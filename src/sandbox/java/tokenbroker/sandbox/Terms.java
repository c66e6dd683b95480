package tokenbroker.sandbox;

import java.time.Duration;

/**
 * The lifetimes of tokens at TrackMage.
 *
 * @param grace how long a rotated refresh token may be used once more
 */
record Terms(Duration accessTokens, Duration refreshTokens, Duration grace) {

  Terms withAccessTokens(Duration lifetime) {
    return new Terms(lifetime, refreshTokens, grace);
  }

  Terms withGrace(Duration other) {
    return new Terms(accessTokens, refreshTokens, other);
  }
}
