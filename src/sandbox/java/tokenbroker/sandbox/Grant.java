package tokenbroker.sandbox;

import tokenbroker.sandbox.TokenAnswer.Refused;

/** What a code or a refresh token is worth to the client that brings it. */
sealed interface Grant {

  /**
   * A token for this user.
   *
   * @param email the address of the user's account
   */
  record Of(String email) implements Grant {}

  record None(Refused refusal) implements Grant {}

  static Grant none(String error, String description) {
    return new None(new Refused(error, description));
  }
}
