package tokenbroker.sandbox.trackmage;

import tokenbroker.sandbox.trackmage.TokenEndpointResponse.Rejected;

/** The result of redeeming an authorization code or a refresh token. */
sealed interface Redemption {

  /**
   * The client receives tokens of this user.
   *
   * @param email the user's e-mail address
   */
  record Accepted(String email) implements Redemption {}

  record Refused(Rejected response) implements Redemption {}

  static Redemption refused(String error, String description) {
    return new Refused(new Rejected(error, description));
  }
}
