package tokenbroker.sandbox;

import java.time.Duration;

/**
 * How long things live at TrackMage.
 *
 * @param grace how long a refresh token that was rotated away may be used once more
 */
record Terms(Duration accessTokens, Duration refreshTokens, Duration grace) {

  Terms withAccessTokens(Duration lifetime) {
    return new Terms(lifetime, refreshTokens, grace);
  }

  Terms withGrace(Duration other) {
    return new Terms(accessTokens, refreshTokens, other);
  }
}
