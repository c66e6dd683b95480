package tokenbroker.tokens;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;

/**
 * The origin of a token, a failure or a refresh token, which is valid for this origin only. If a
 * client gets another server, TrackMage id or scope, everything from the previous origin is a miss.
 *
 * @param server the upstream's base URL
 * @param clientId TrackMage's {@code client_id}
 * @param scope the requested scope; null if none was requested, as always for a connection
 * @param credentialsVersion distinguishes sets of credentials. Tokens stay valid if only the secret
 *     changes
 */
public record Provenance(
    String server, String clientId, @Nullable String scope, String credentialsVersion) {

  /**
   * Returns the provenance of a fetch for the owner now.
   *
   * @throws IllegalArgumentException if the client has no credentials
   */
  public static Provenance of(Client client, TokenOwner owner) {
    return of(client, owner.scopeOf(client));
  }

  /**
   * Returns the provenance of a connection that is made now.
   *
   * @throws IllegalArgumentException if the client has no credentials
   */
  public static Provenance ofConnections(Client client) {
    return of(client, (String) null);
  }

  private static Provenance of(Client client, @Nullable String scope) {
    var credentials =
        client
            .credentials()
            .orElseThrow(() -> new IllegalArgumentException(client.name() + " has no credentials"));
    return new Provenance(
        client.upstream().baseUrl().toString(),
        credentials.clientId(),
        scope,
        credentials.version());
  }

  /**
   * Returns whether the client's current configuration matches. A client without credentials may
   * use what it obtained with its previous credentials.
   */
  public boolean isOf(Client client, TokenOwner owner) {
    var credentials = client.knownCredentials();
    return server.equals(client.upstream().baseUrl().toString())
        && (owner.isConnection() || Objects.equals(scope, client.scope()))
        && (credentials == null || credentials.clientId().equals(clientId));
  }

  /**
   * Returns an equal provenance. If it is the client's current one, it uses the client's own texts,
   * of which a token from the store would otherwise retain copies.
   */
  Provenance withTextsOf(Client client, TokenOwner owner) {
    if (client.knownCredentials() == null) {
      return this;
    }
    var current = of(client, owner);
    return current.equals(this) ? current : this;
  }

  /** Returns whether a code or refresh token of this provenance may be sent for the client. */
  public boolean isOfConnectionsOf(Client client) {
    return client.credentials().isPresent() && isLike(ofConnections(client));
  }

  /** Returns whether both origins are the same, apart from the secret. */
  boolean isLike(Provenance other) {
    return server.equals(other.server)
        && clientId.equals(other.clientId)
        && Objects.equals(scope, other.scope);
  }

  /** Returns whether the credentials are those that the client uses now. */
  boolean isWithCredentialsOf(Client client) {
    return client.credentials().map(known -> known.version()).orElse("").equals(credentialsVersion);
  }

  @Override
  public String toString() {
    return "Provenance[server=" + server + ", credentialsVersion=" + credentialsVersion + "]";
  }
}
