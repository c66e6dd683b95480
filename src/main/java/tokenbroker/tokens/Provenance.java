package tokenbroker.tokens;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;

/**
 * What a token, a failure or a refresh token came from. It is valid for this and for nothing else:
 * if a client gets another server, TrackMage id or scope, whatever came from the former ones is a
 * miss.
 *
 * @param server the upstream's base URL
 * @param clientId TrackMage's {@code client_id}
 * @param scope the scope that was requested; null if none was, as always for a connection
 * @param credentialsVersion tells two sets of credentials apart; a new secret alone leaves tokens
 *     valid
 */
public record Provenance(
    String server, String clientId, @Nullable String scope, String credentialsVersion) {

  /**
   * Returns what a fetch for the account comes from now.
   *
   * @throws IllegalArgumentException if the client has no credentials
   */
  public static Provenance of(Client client, Account account) {
    return of(client, account.isConnection() ? null : client.scope());
  }

  /**
   * Returns what a connection that is made now comes from.
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
   * Whether the client still is configured so. A client without credentials may use what it got
   * with those that it had.
   */
  public boolean isOf(Client client, Account account) {
    var credentials = client.knownCredentials();
    return server.equals(client.upstream().baseUrl().toString())
        && (account.isConnection() || Objects.equals(scope, client.scope()))
        && (credentials == null || credentials.clientId().equals(clientId));
  }

  /** Whether a code or a refresh token of this may be sent for the client. */
  public boolean isOfConnectionsOf(Client client) {
    return client.credentials().isPresent() && isLike(ofConnections(client));
  }

  /** Whether both came from the same, be it with different secrets. */
  boolean isLike(Provenance other) {
    return server.equals(other.server)
        && clientId.equals(other.clientId)
        && Objects.equals(scope, other.scope);
  }

  /** Whether the credentials are those that the client uses now. */
  boolean isWithCredentialsOf(Client client) {
    return client.credentials().map(known -> known.version()).orElse("").equals(credentialsVersion);
  }

  @Override
  public String toString() {
    return "Provenance[server=" + server + ", credentialsVersion=" + credentialsVersion + "]";
  }
}
