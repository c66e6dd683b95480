package tokenbroker.redis;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tokenbroker.config.BrokerConfig;
import tokenbroker.connections.AuthorizationCodeClient;
import tokenbroker.connections.Connection.State;
import tokenbroker.connections.ConnectionStore.Claim;
import tokenbroker.connections.ConnectionStore.Claiming;
import tokenbroker.connections.ConnectionStore.StoredConnection;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.Lease;
import tokenbroker.tokens.StoreUnavailable;
import tokenbroker.tokens.TokenOwner;

/**
 * The claims on connections in Redis. Each claim is a lease that lasts longer than the longest
 * renewal.
 */
final class ConnectionClaims {

  /**
   * The margin beyond the longest renewal, which consists of two requests with the longest time
   * limit.
   */
  private static final Duration BEYOND_RENEWAL = Duration.ofSeconds(10);

  private static final int REQUESTS_OF_A_RENEWAL = 2;

  private final RedisCommands commands;
  private final SealedConnections values;
  private final ConnectionVersions versions;
  private final Leases leases;
  private final Duration term;

  ConnectionClaims(
      RedisCommands commands,
      SealedConnections values,
      ConnectionVersions versions,
      BrokerConfig config,
      Ticker ticker,
      MeterRegistry registry) {
    this.commands = commands;
    this.values = values;
    this.versions = versions;
    this.term =
        AuthorizationCodeClient.longestRefresh(config.upstream().timeout())
            .multipliedBy(REQUESTS_OF_A_RENEWAL)
            .plus(BEYOND_RENEWAL);
    this.leases =
        new Leases(
            commands,
            ticker,
            term,
            Counter.builder("token_broker.connection.claims.lost")
                .description("Claims on connections that had another holder during a refresh")
                .register(registry));
  }

  /** Claims a connection; see {@link tokenbroker.connections.ConnectionStore#claim}. */
  Claiming claim(TokenOwner owner, ConnectionId id, String seen) {
    var key = RedisKeys.connection(owner.client(), id);
    var claimKey = RedisKeys.claim(owner.client(), id);
    var holder = Leases.newHolder();
    var answer = asked(key, claimKey, holder, seen);
    if (answer == null || answer.size() == 0) {
      return new Claiming.Absent();
    }
    if (answer.size() < 3) {
      return switch (answer.get(0).toString()) {
        case "changed" -> new Claiming.Changed();
        case "claimed" -> new Claiming.ClaimedElsewhere();
        default -> new Claiming.Ended();
      };
    }
    var claim = new RedisClaim(holder, leases.held(claimKey, holder));
    var sealed = answer.get(1).toString();
    var held = values.connection(key, id, sealed, answer.get(2).toString(), State.ACTIVE.word());
    if (held.isEmpty()) {
      claim.close();
      throw SealedConnections.unreadable();
    }
    return trusted(owner, held.get(), claim);
  }

  private @Nullable Response asked(String key, String claimKey, String holder, String seen) {
    try {
      return commands.script(
          "claim",
          ConnectionScripts.CLAIM,
          List.of(key, claimKey),
          holder,
          Long.toString(term.toMillis()),
          seen);
    } catch (StoreUnavailable e) {
      leases.abandon(claimKey, holder);
      throw e;
    }
  }

  private Claiming trusted(TokenOwner owner, StoredConnection held, Claim claim) {
    var connection = versions.trusted(owner, held.connection());
    if (connection.isPresent() && connection.get().state() == State.ACTIVE) {
      return new Claiming.Claimed(held, claim);
    }
    claim.close();
    return connection.isPresent() ? new Claiming.Ended() : new Claiming.Absent();
  }

  /** A lease with its holder's name. */
  private record RedisClaim(String holder, Lease lease) implements Claim {
    @Override
    public void close() {
      lease.close();
    }
  }
}
