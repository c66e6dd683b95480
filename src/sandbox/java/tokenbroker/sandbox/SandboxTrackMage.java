package tokenbroker.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tokenbroker.sandbox.TokenAnswer.Granted;
import tokenbroker.sandbox.TokenAnswer.Refused;
import tokenbroker.sandbox.UserTokens.Verdict;

/**
 * TrackMage as its clients see it. Every client id is known, with the secret {@link #secretOf} and
 * its own account. Every user is known as well.
 */
final class SandboxTrackMage {

  static final String SCOPE = "user";

  private final UserTokens accessTokens;
  private final AuthorizationCodes codes;
  private final RefreshTokens refreshTokens;
  private final Terms terms;

  SandboxTrackMage(
      UserTokens accessTokens, AuthorizationCodes codes, RefreshTokens refreshTokens, Terms terms) {
    this.accessTokens = accessTokens;
    this.codes = codes;
    this.refreshTokens = refreshTokens;
    this.terms = terms;
  }

  static String secretOf(String clientId) {
    return clientId + "-secret";
  }

  /** Returns the lifetimes that apply if no fault overrides them. */
  Terms terms() {
    return terms;
  }

  /** Returns a code for the client that the user allowed. */
  String allow(AuthorizationRequest request, String email) {
    return codes.issue(request, email);
  }

  /**
   * Answers a token request, with checks in TrackMage's order: the grant type comes before the
   * client.
   */
  TokenAnswer token(Map<String, String> parameters, Terms terms) {
    return switch (GrantType.of(parameters)) {
      case CLIENT_CREDENTIALS ->
          authenticated(parameters, id -> clientCredentials(id, parameters, terms));
      case AUTHORIZATION_CODE ->
          authenticated(parameters, id -> forUser(id, codes.redeem(id, parameters), terms));
      case REFRESH_TOKEN -> authenticated(parameters, id -> refresh(id, parameters, terms));
      case OTHER ->
          new Refused("invalid_request", "Invalid grant_type parameter or parameter missing");
    };
  }

  private static TokenAnswer authenticated(
      Map<String, String> parameters, Function<String, TokenAnswer> then) {
    var clientId = parameters.get("client_id");
    if (clientId == null) {
      return new Refused("invalid_client", "Client id was not found in the headers or body");
    }
    if (!secretOf(clientId).equals(parameters.get("client_secret"))) {
      return new Refused("invalid_client", "The client credentials are invalid");
    }
    return then.apply(clientId);
  }

  private TokenAnswer clientCredentials(
      String clientId, Map<String, String> parameters, Terms terms) {
    if (!SCOPE.equals(parameters.getOrDefault("scope", SCOPE))) {
      return new Refused("invalid_scope", "An unsupported scope was requested.");
    }
    return granted(clientId, clientId + "@sandbox.invalid", SCOPE, null, terms);
  }

  private TokenAnswer refresh(String clientId, Map<String, String> parameters, Terms terms) {
    return forUser(clientId, refreshTokens.redeem(clientId, parameters, terms.grace()), terms);
  }

  private TokenAnswer forUser(String clientId, Grant grant, Terms terms) {
    return switch (grant) {
      case Grant.Of(var email) -> {
        var refreshToken = refreshTokens.issue(clientId, email, terms.refreshTokens());
        yield granted(clientId, email, null, refreshToken, terms);
      }
      case Grant.None(var refusal) -> refusal;
    };
  }

  private Granted granted(
      String clientId,
      String email,
      @Nullable String scope,
      @Nullable String refreshToken,
      Terms terms) {
    return new Granted(
        accessTokens.issue(clientId, email, terms.accessTokens()),
        terms.accessTokens().toSeconds(),
        "bearer",
        scope,
        refreshToken,
        UUID.nameUUIDFromBytes(email.getBytes(StandardCharsets.UTF_8)).toString(),
        email);
  }

  Verdict judge(String token) {
    return accessTokens.judge(token);
  }

  void revokeAccessTokens(Whose whose) {
    accessTokens.revoke(whose);
  }

  void revokeRefreshTokens(Whose whose) {
    refreshTokens.revoke(whose);
  }
}
