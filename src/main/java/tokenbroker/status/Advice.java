package tokenbroker.status;

import tokenbroker.tokens.FailureCause;
import tokenbroker.tokens.FailureCause.InvalidResponse;
import tokenbroker.tokens.FailureCause.Local;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.FailureCause.Outage;

/**
 * What an operator can do about a failure.
 *
 * @param meaning what happened; {@code %s} stands for the upstream's host
 * @param whatToDo the next step
 */
record Advice(String meaning, String whatToDo) {

  private static final String WAIT =
      "Nothing, if it ends by itself: the broker keeps trying. Check the status page of TrackMage.";
  private static final String CHECK_ADDRESS =
      "Check the upstream's base-url in clients.yaml, and what answers there.";
  private static final String CHECK_SCOPE =
      "Ask TrackMage what this client may use, and correct clients.yaml.";

  static Advice on(FailureCause cause) {
    return switch (cause) {
      case OAuthError error -> on(error);
      case Outage outage -> on(outage);
      case InvalidResponse invalid ->
          new Advice(
              "%s did not send a valid token response (" + invalid.label() + ").", CHECK_ADDRESS);
      case Local local -> on(local);
    };
  }

  private static Advice on(OAuthError error) {
    return switch (error) {
      case INVALID_CLIENT, UNAUTHORIZED_CLIENT ->
          new Advice(
              "%s rejects the client id or the secret (" + error.label() + ").",
              "Replace both files in the secrets directory with the current pair from TrackMage.");
      case INVALID_SCOPE -> new Advice("%s does not grant the scope (invalid_scope).", CHECK_SCOPE);
      case ACCESS_DENIED, INVALID_GRANT, UNSUPPORTED_GRANT_TYPE, REDIRECT_URI_MISMATCH ->
          new Advice("%s refuses this grant (" + error.label() + ").", CHECK_SCOPE);
      case INVALID_REQUEST ->
          new Advice(
              "%s does not understand the request (invalid_request).",
              "Try the other request-style of the upstream in clients.yaml.");
      case UNRECOGNIZED ->
          new Advice("%s refused with an unknown error.", "Ask the support of TrackMage.");
    };
  }

  private static Advice on(Outage outage) {
    return switch (outage) {
      case CONNECT ->
          new Advice(
              "No connection to %s.",
              "Check DNS, the egress rules, the proxy and the certificate authorities of the cluster.");
      case TIMEOUT -> new Advice("%s did not answer in time.", WAIT);
      case HTTP_5XX, SERVER_ERROR, TEMPORARILY_UNAVAILABLE ->
          new Advice("%s answered with an error of its own (" + outage.label() + ").", WAIT);
      case HTTP_429 ->
          new Advice(
              "%s says that it gets too many requests (429).",
              "See which client fetches most, and whether its callers report tokens in vain.");
      case BREAKER_OPEN ->
          new Advice("%s is down, so the broker sends it only occasional requests.", WAIT);
    };
  }

  private static Advice on(Local local) {
    return switch (local) {
      case CREDENTIALS_MISSING ->
          new Advice(
              "This client has no credentials.",
              "Add its client-id and client-secret to the secrets directory.");
      case STORE_UNAVAILABLE -> new Advice("Redis did not answer.", "Restore Redis.");
      case RECONNECT_REQUIRED ->
          new Advice("The refresh token is dead.", "Its user must connect the account again.");
      case INTERNAL_ERROR ->
          new Advice(
              "The broker failed unexpectedly.", "Report the stack trace in its log as a bug.");
    };
  }
}
