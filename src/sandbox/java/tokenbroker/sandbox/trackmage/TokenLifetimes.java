package tokenbroker.sandbox.trackmage;

import java.time.Duration;

/**
 * The lifetimes of the tokens that the look-alike issues.
 *
 * @param refreshTokenGrace how long a rotated refresh token may be used once more; 0 to forbid that
 */
public record TokenLifetimes(
    Duration accessToken, Duration refreshToken, Duration refreshTokenGrace) {

  public TokenLifetimes withAccessToken(Duration lifetime) {
    return new TokenLifetimes(lifetime, refreshToken, refreshTokenGrace);
  }

  public TokenLifetimes withRefreshTokenGrace(Duration grace) {
    return new TokenLifetimes(accessToken, refreshToken, grace);
  }
}
