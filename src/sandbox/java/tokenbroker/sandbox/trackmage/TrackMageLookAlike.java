package tokenbroker.sandbox.trackmage;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tokenbroker.sandbox.crypto.SigningKey;
import tokenbroker.sandbox.trackmage.AccessTokens.Validity;
import tokenbroker.sandbox.trackmage.TokenEndpointResponse.Issued;
import tokenbroker.sandbox.trackmage.TokenEndpointResponse.Rejected;

/**
 * TrackMage as its clients see it. Every client id is valid, with the secret {@link #secretOf} and
 * an account of its own. Every user exists as well. Thread-safe.
 */
public final class TrackMageLookAlike {

  static final String SCOPE = "user";

  private final AccessTokens accessTokens;
  private final AuthorizationCodes codes;
  private final RefreshTokens refreshTokens;
  private final TokenLifetimes lifetimes;

  /**
   * Creates a look-alike that has issued nothing yet.
   *
   * @param key signs the access tokens
   * @param lifetimes apply if no fault overrides them
   */
  public TrackMageLookAlike(SigningKey key, Clock clock, TokenLifetimes lifetimes) {
    this.accessTokens = new AccessTokens(key, clock);
    this.codes = new AuthorizationCodes(clock);
    this.refreshTokens = new RefreshTokens(clock);
    this.lifetimes = lifetimes;
  }

  /** Returns the client secret of this client id. */
  public static String secretOf(String clientId) {
    return clientId + "-secret";
  }

  /** Returns the lifetimes that apply if no fault overrides them. */
  public TokenLifetimes lifetimes() {
    return lifetimes;
  }

  /** Returns an authorization code for the client that the user allowed. */
  String allow(AuthorizationRequest request, String email) {
    return codes.issue(request, email);
  }

  /**
   * Returns the response to a token request. The checks are in TrackMage's order: the grant type
   * comes before the client.
   */
  public TokenEndpointResponse token(Map<String, String> parameters, TokenLifetimes lifetimes) {
    return switch (GrantType.of(parameters)) {
      case CLIENT_CREDENTIALS ->
          authenticated(parameters, id -> clientCredentials(id, parameters, lifetimes));
      case AUTHORIZATION_CODE ->
          authenticated(parameters, id -> forUser(id, codes.redeem(id, parameters), lifetimes));
      case REFRESH_TOKEN -> authenticated(parameters, id -> refresh(id, parameters, lifetimes));
      case OTHER ->
          new Rejected("invalid_request", "Invalid grant_type parameter or parameter missing");
    };
  }

  private static TokenEndpointResponse authenticated(
      Map<String, String> parameters, Function<String, TokenEndpointResponse> then) {
    var clientId = parameters.get("client_id");
    if (clientId == null) {
      return new Rejected("invalid_client", "Client id was not found in the headers or body");
    }
    if (!secretOf(clientId).equals(parameters.get("client_secret"))) {
      return new Rejected("invalid_client", "The client credentials are invalid");
    }
    return then.apply(clientId);
  }

  private TokenEndpointResponse clientCredentials(
      String clientId, Map<String, String> parameters, TokenLifetimes lifetimes) {
    if (!SCOPE.equals(parameters.getOrDefault("scope", SCOPE))) {
      return new Rejected("invalid_scope", "An unsupported scope was requested.");
    }
    return issued(clientId, clientId + "@sandbox.invalid", SCOPE, null, lifetimes);
  }

  private TokenEndpointResponse refresh(
      String clientId, Map<String, String> parameters, TokenLifetimes lifetimes) {
    var redemption = refreshTokens.redeem(clientId, parameters, lifetimes.refreshTokenGrace());
    return forUser(clientId, redemption, lifetimes);
  }

  private TokenEndpointResponse forUser(
      String clientId, Redemption redemption, TokenLifetimes lifetimes) {
    return switch (redemption) {
      case Redemption.Accepted(var email) -> {
        var refreshToken = refreshTokens.issue(clientId, email, lifetimes.refreshToken());
        yield issued(clientId, email, null, refreshToken, lifetimes);
      }
      case Redemption.Refused(var response) -> response;
    };
  }

  private Issued issued(
      String clientId,
      String email,
      @Nullable String scope,
      @Nullable String refreshToken,
      TokenLifetimes lifetimes) {
    return new Issued(
        accessTokens.issue(clientId, email, lifetimes.accessToken()),
        lifetimes.accessToken().toSeconds(),
        "bearer",
        scope,
        refreshToken,
        UUID.nameUUIDFromBytes(email.getBytes(StandardCharsets.UTF_8)).toString(),
        email);
  }

  /** Checks an access token. */
  Validity check(String accessToken) {
    return accessTokens.check(accessToken);
  }

  /** Revokes the selected access tokens that were issued so far. */
  public void revokeAccessTokens(TokenSelector selector) {
    accessTokens.revoke(selector);
  }

  /** Revokes the selected refresh tokens that were issued so far. */
  public void revokeRefreshTokens(TokenSelector selector) {
    refreshTokens.revoke(selector);
  }

  /** Forgets everything that it has issued. No token or code that was issued so far is valid. */
  public void forgetAll() {
    codes.forgetAll();
    refreshTokens.revoke(TokenSelector.ALL);
    accessTokens.revokeAll();
  }
}
