package tokenbroker.oauth;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientCredentials;
import tokenbroker.seal.KeyedHash;
import tokenbroker.tokens.Provenance;
import tokenbroker.tokens.RefreshToken;
import tokenbroker.tokens.TokenOwner;

/** The grant of a token request (RFC 6749 §4). */
public sealed interface TokenGrant {

  /** Returns the parameters except those that identify the client. */
  Map<String, String> parameters();

  /** Returns the origin of a token from this grant. */
  default Provenance provenance(Client client, ClientCredentials credentials) {
    return new Provenance(
        client.upstream().baseUrl().toString(),
        credentials.clientId(),
        null,
        credentials.version());
  }

  /**
   * Returns a name for the account that only the breaker uses. Different accounts have different
   * names.
   */
  String account(Client client, KeyedHash hash);

  /**
   * Returns whether the request may be sent twice. That is not so for a code or a refresh token:
   * the first request uses it up, even if its response is lost.
   */
  default boolean repeatable() {
    return false;
  }

  /** The client's own token (RFC 6749 §4.4). */
  record OfClient(Client client) implements TokenGrant {
    @Override
    public String account(Client own, KeyedHash hash) {
      return own.name().value();
    }

    @Override
    public boolean repeatable() {
      return true;
    }

    @Override
    public Map<String, String> parameters() {
      var parameters = new LinkedHashMap<>(Map.of("grant_type", "client_credentials"));
      if (client.scope() != null) {
        parameters.put("scope", client.scope());
      }
      return parameters;
    }

    @Override
    public Provenance provenance(Client own, ClientCredentials credentials) {
      return Provenance.of(own, TokenOwner.of(own.name()));
    }
  }

  /**
   * An authorization code that a user brought back (RFC 6749 §4.1.3), with its PKCE verifier (RFC
   * 7636 §4.5).
   */
  record OfCode(String code, URI redirectUri, String verifier) implements TokenGrant {
    @Override
    public String account(Client client, KeyedHash hash) {
      return hash.of("code", client.name().value(), code);
    }

    @Override
    public Map<String, String> parameters() {
      var parameters = new LinkedHashMap<String, String>();
      parameters.put("grant_type", "authorization_code");
      parameters.put("code", code);
      parameters.put("redirect_uri", redirectUri.toString());
      parameters.put("code_verifier", verifier);
      return parameters;
    }

    @Override
    public String toString() {
      return "OfCode[redacted]";
    }
  }

  /** A refresh token, which the request uses up (RFC 6749 §6). */
  record OfRefreshToken(RefreshToken token) implements TokenGrant {
    @Override
    public String account(Client client, KeyedHash hash) {
      return hash.of("refresh_token", client.name().value(), token.reveal());
    }

    @Override
    public Map<String, String> parameters() {
      return Map.of("grant_type", "refresh_token", "refresh_token", token.reveal());
    }
  }
}
