package tokenbroker.sandbox;

import tokenbroker.sandbox.TokenAnswer.Refused;

/** The result of redeeming a client's code or refresh token. */
sealed interface Grant {

  /**
   * A grant of a token for this user.
   *
   * @param email the address of the user's account
   */
  record Of(String email) implements Grant {}

  record None(Refused refusal) implements Grant {}

  static Grant none(String error, String description) {
    return new None(new Refused(error, description));
  }
}
