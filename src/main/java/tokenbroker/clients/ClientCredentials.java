package tokenbroker.clients;

/**
 * What TrackMage knows a client by.
 *
 * @param clientId TrackMage's {@code client_id}
 * @param version a short keyed hash of both parts: tells two sets of credentials apart and tells
 *     nothing about them
 */
public record ClientCredentials(String clientId, ClientSecret secret, String version) {
  @Override
  public String toString() {
    return "ClientCredentials[version=" + version + "]";
  }
}
