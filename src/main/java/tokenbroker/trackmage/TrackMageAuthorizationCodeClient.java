package tokenbroker.trackmage;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.inject.Singleton;
import java.net.URI;
import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.stream.Collectors;
import tokenbroker.clients.Client;
import tokenbroker.connections.AuthorizationCodeClient;
import tokenbroker.oauth.TokenGrant;
import tokenbroker.tokens.FetchResult.FromUpstream;
import tokenbroker.tokens.RefreshToken;

/** A client for TrackMage's authorization endpoint and for the grants that result from it. */
@Singleton
class TrackMageAuthorizationCodeClient implements AuthorizationCodeClient {

  private static final String AUTHORIZATION_PATH = "/oauth/v2/auth";

  private final TrackMageTokenSource tokens;

  TrackMageAuthorizationCodeClient(TrackMageTokenSource tokens) {
    this.tokens = tokens;
  }

  @Override
  public URI consentPage(Client client, String state, URI redirectUri, String challenge) {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("response_type", "code");
    parameters.put("client_id", client.credentials().orElseThrow().clientId());
    parameters.put("redirect_uri", redirectUri.toString());
    parameters.put("state", state);
    parameters.put("code_challenge", challenge);
    parameters.put("code_challenge_method", "S256");
    var query =
        parameters.entrySet().stream()
            .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
    return URI.create(client.upstream().baseUrl() + AUTHORIZATION_PATH + "?" + query);
  }

  @Override
  public FromUpstream exchange(Client client, String code, URI redirectUri, String verifier) {
    return tokens.fetch(client, new TokenGrant.OfCode(code, redirectUri, verifier));
  }

  @Override
  public FromUpstream refresh(Client client, RefreshToken token) {
    return tokens.fetch(client, new TokenGrant.OfRefreshToken(token));
  }
}
