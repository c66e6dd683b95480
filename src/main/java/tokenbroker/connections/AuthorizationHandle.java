package tokenbroker.connections;

import tokenbroker.clients.ClientName;

/**
 * The name of an authorization in the store: the client, and a hash of the authorization's id.
 * Whoever reads the store cannot get from it to the address that the user's browser follows.
 *
 * @param hash 128 bits in base64url
 */
public record AuthorizationHandle(ClientName client, String hash) {}
