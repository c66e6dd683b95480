package tokenbroker.redis;

import io.vertx.redis.client.Command;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tokenbroker.clients.ClientName;
import tokenbroker.connections.Connection;
import tokenbroker.seal.KeyedHash;
import tokenbroker.seal.Seal;
import tokenbroker.tokens.StoreUnavailable;

/**
 * An index from a client's TrackMage users to their connections. It has a keyed hash of each user,
 * so that whoever reads Redis cannot look up a user. Each client has its own random key. The key is
 * stored sealed beside the index and survives the rotation of seal keys.
 */
final class UserIndex {

  private static final int KEY_BYTES = 32;

  private final RedisCommands commands;
  private final Seal seal;
  private final SecureRandom random = new SecureRandom();

  UserIndex(RedisCommands commands, Seal seal) {
    this.commands = commands;
    this.seal = seal;
  }

  /**
   * Returns the hash of a connection's user; empty if TrackMage returned neither id nor email
   * address.
   *
   * @throws StoreUnavailable if the store does not answer, or its key cannot be opened
   */
  Optional<String> hashOf(ClientName client, Connection connection) {
    if (connection.userId() != null) {
      return Optional.of(hash(client).of("id", connection.userId()));
    }
    return Optional.ofNullable(connection.userEmail())
        .map(email -> hash(client).of("email", email));
  }

  /** Returns the index entry of this user, even if it is not a valid id; empty if there is none. */
  String connectionOf(ClientName client, String user) {
    var found = commands.run(Command.HGET, RedisKeys.users(client), user);
    return found == null ? "" : found.toString();
  }

  private KeyedHash hash(ClientName client) {
    var fresh = new byte[KEY_BYTES];
    random.nextBytes(fresh);
    var sealed =
        commands.script(
            "user key",
            ConnectionScripts.GET_OR_SET,
            List.of(RedisKeys.userKey(client)),
            seal.seal(RedisKeys.userKey(client), Base64.getEncoder().encodeToString(fresh)));
    return Optional.ofNullable(sealed)
        .flatMap(it -> seal.open(RedisKeys.userKey(client), it.toString()))
        .map(it -> new KeyedHash(Base64.getDecoder().decode(it)))
        .orElseThrow(SealedConnections::unreadable);
  }

  /**
   * Seals the key with the primary seal key, if it was sealed with another.
   *
   * @param sealed the stored key; empty if there is none
   */
  void sealAnew(ClientName client, String sealed) {
    if (sealed.isEmpty() || seal.isCurrent(sealed)) {
      return;
    }
    seal.open(RedisKeys.userKey(client), sealed)
        .ifPresent(
            plain ->
                commands.script(
                    "seal user key",
                    ConnectionScripts.REPLACE,
                    List.of(RedisKeys.userKey(client)),
                    sealed,
                    seal.seal(RedisKeys.userKey(client), plain),
                    ""));
  }
}
