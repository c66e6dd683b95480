package tokenbroker.connections;

import tokenbroker.clients.ClientName;

/**
 * The key of an authorization in the store: the client, and a hash of the authorization's id.
 * Whoever reads the store cannot derive the link that the user's browser follows.
 *
 * @param hash 128 bits in base64url
 */
public record AuthorizationHandle(ClientName client, String hash) {}
