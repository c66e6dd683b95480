package tokenbroker.clients;

/**
 * The credentials by which TrackMage identifies a client.
 *
 * @param clientId TrackMage's {@code client_id}
 * @param version a short keyed hash of both parts; it distinguishes two sets of credentials and
 *     reveals nothing about them
 */
public record ClientCredentials(String clientId, ClientSecret secret, String version) {
  @Override
  public String toString() {
    return "ClientCredentials[version=" + version + "]";
  }
}
