package tokenbroker.sandbox.trackmage;

import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tokenbroker.sandbox.web.UrlWithQuery;

/**
 * A client's request for a user's consent (RFC 6749 §4.1.1).
 *
 * @param state null if the client sent none
 * @param codeChallenge the PKCE challenge (S256); null if the client sent none
 */
record AuthorizationRequest(
    String clientId, String redirectUri, @Nullable String state, @Nullable String codeChallenge) {

  private static final Pattern CLIENT_ID = Pattern.compile("[\\w.-]{1,100}");
  private static final Pattern CODE_CHALLENGE = Pattern.compile("[\\w-]{43}");

  /** The result of reading a request. */
  sealed interface Reading {

    record Valid(AuthorizationRequest request) implements Reading {}

    /**
     * The user sees the error, because the client is unknown or the redirect URI must not be used.
     */
    record ErrorForUser(String message) implements Reading {}

    /**
     * The client receives the error.
     *
     * @param url the redirect URI with the error, to which the browser is redirected
     */
    record ErrorForClient(String url) implements Reading {}
  }

  /** Reads and checks a request. */
  static Reading read(Map<String, String> parameters, RedirectUris redirectUris) {
    var clientId = parameters.getOrDefault("client_id", "");
    if (!CLIENT_ID.matcher(clientId).matches()) {
      return new Reading.ErrorForUser("No client with this id is registered.");
    }
    var redirectUri = parameters.getOrDefault("redirect_uri", "");
    if (!redirectUris.isAllowed(redirectUri)) {
      return new Reading.ErrorForUser(
          "The redirect URI is missing or is not registered for this client.");
    }
    var challenge = parameters.get("code_challenge");
    var request =
        new AuthorizationRequest(clientId, redirectUri, parameters.get("state"), challenge);
    if (!"code".equals(parameters.get("response_type"))) {
      return refused(request, "unsupported_response_type", "The response type is not supported");
    }
    if (!TrackMageLookAlike.SCOPE.equals(
        parameters.getOrDefault("scope", TrackMageLookAlike.SCOPE))) {
      return refused(request, "invalid_scope", "An unsupported scope was requested.");
    }
    if (!isS256(challenge, parameters.get("code_challenge_method"))) {
      return refused(
          request, "invalid_request", "The code challenge is not a valid S256 challenge");
    }
    return new Reading.Valid(request);
  }

  private static Reading refused(AuthorizationRequest request, String error, String description) {
    return new Reading.ErrorForClient(request.errorUrl(error, description));
  }

  private static boolean isS256(@Nullable String challenge, @Nullable String method) {
    if (challenge == null) {
      return method == null;
    }
    return "S256".equals(method) && CODE_CHALLENGE.matcher(challenge).matches();
  }

  /** Returns the redirect URI with a code. */
  String codeUrl(String code) {
    return new UrlWithQuery(redirectUri).with("state", state).with("code", code).url();
  }

  /** Returns the redirect URI with an error (RFC 6749 §4.1.2.1). */
  String errorUrl(String error, String description) {
    return new UrlWithQuery(redirectUri)
        .with("error", error)
        .with("error_description", description)
        .with("state", state)
        .url();
  }
}
