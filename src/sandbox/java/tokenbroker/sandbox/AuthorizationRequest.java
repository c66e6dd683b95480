package tokenbroker.sandbox;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A client's request for a user's consent (RFC 6749 §4.1.1).
 *
 * @param codeChallenge the PKCE challenge (S256); null if none was sent
 */
record AuthorizationRequest(
    String clientId, String redirectUri, @Nullable String state, @Nullable String codeChallenge) {

  private static final Pattern CLIENT_ID = Pattern.compile("[\\w.-]{1,100}");
  private static final Pattern CODE_CHALLENGE = Pattern.compile("[\\w-]{43}");

  /** The result of reading a request. */
  sealed interface Reading {

    record Good(AuthorizationRequest request) implements Reading {}

    /** The user gets an error, because the client is unknown and cannot be informed. */
    record ForUser(String message) implements Reading {}

    /** The client gets an error, in the address to which the browser is redirected. */
    record ForClient(String location) implements Reading {}
  }

  /**
   * Reads and checks a request.
   *
   * @param registered the allowed redirect URIs; empty to allow every http or https URI
   */
  static Reading read(Map<String, String> parameters, Optional<Set<String>> registered) {
    var clientId = parameters.getOrDefault("client_id", "");
    if (!CLIENT_ID.matcher(clientId).matches()) {
      return new Reading.ForUser("No client of this id is registered.");
    }
    var redirectUri = parameters.getOrDefault("redirect_uri", "");
    if (!registered.map(uris -> uris.contains(redirectUri)).orElseGet(() -> isWeb(redirectUri))) {
      return new Reading.ForUser("The redirect URI is missing, or not registered for this client.");
    }
    var challenge = parameters.get("code_challenge");
    var request =
        new AuthorizationRequest(clientId, redirectUri, parameters.get("state"), challenge);
    if (!"code".equals(parameters.get("response_type"))) {
      return refused(request, "unsupported_response_type", "The response type is not supported");
    }
    if (!SandboxTrackMage.SCOPE.equals(parameters.getOrDefault("scope", SandboxTrackMage.SCOPE))) {
      return refused(request, "invalid_scope", "An unsupported scope was requested.");
    }
    if (!isS256(challenge, parameters.get("code_challenge_method"))) {
      return refused(request, "invalid_request", "The code challenge is not one of S256");
    }
    return new Reading.Good(request);
  }

  private static Reading refused(AuthorizationRequest request, String error, String description) {
    return new Reading.ForClient(request.errorLocation(error, description));
  }

  private static boolean isS256(@Nullable String challenge, @Nullable String method) {
    if (challenge == null) {
      return method == null;
    }
    return "S256".equals(method) && CODE_CHALLENGE.matcher(challenge).matches();
  }

  private static boolean isWeb(String text) {
    try {
      var uri = new URI(text);
      return ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()))
          && uri.getHost() != null
          && uri.getRawFragment() == null
          && uri.toASCIIString().equals(text);
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** Returns the address to which the browser takes a code. */
  String codeLocation(String code) {
    return new Location(redirectUri).with("state", state).with("code", code).toString();
  }

  /** Returns the address to which the browser takes an error (RFC 6749 §4.1.2.1). */
  String errorLocation(String error, String description) {
    return new Location(redirectUri)
        .with("error", error)
        .with("error_description", description)
        .with("state", state)
        .toString();
  }
}
