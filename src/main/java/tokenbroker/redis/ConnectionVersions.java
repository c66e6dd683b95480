package tokenbroker.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import tokenbroker.connections.Connection;
import tokenbroker.connections.Connection.State;
import tokenbroker.tokens.TokenOwner;

/**
 * The newest version of each connection that this replica has seen. An older version can reappear
 * if somebody writes to Redis, or if Redis loses its last writes. It is not used, because its
 * refresh token is used up or its owner has deleted it.
 */
final class ConnectionVersions {

  /** The maximum number of versions, of about 200 bytes each: 2 MB. */
  private static final int MOST = 10_000;

  private static final long REMOVED = Long.MAX_VALUE;

  private final Cache<TokenOwner, Long> newest = Caffeine.newBuilder().maximumSize(MOST).build();
  private final Counter rollbacks;

  ConnectionVersions(MeterRegistry registry) {
    this.rollbacks =
        Counter.builder("token_broker.store.rollbacks")
            .description(
                "Connections in the store that are older than a version that this replica has seen")
            .register(registry);
  }

  void seen(TokenOwner owner, long version) {
    newest.asMap().merge(owner, version, Math::max);
  }

  /** Records a removal. It is final, because the id is never given to another connection. */
  void removed(TokenOwner owner) {
    newest.put(owner, REMOVED);
  }

  /**
   * Returns the connection as far as it can be trusted. It is empty if the connection was removed.
   * It requires a reconnect if its refresh token was replaced.
   */
  Optional<Connection> trusted(TokenOwner owner, Connection connection) {
    var known = newest.asMap().merge(owner, connection.version(), Math::max);
    if (known == connection.version()) {
      return Optional.of(connection);
    }
    rollbacks.increment();
    return known == REMOVED
        ? Optional.empty()
        : Optional.of(connection.in(State.RECONNECT_REQUIRED));
  }
}
