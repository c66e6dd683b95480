package tokenbroker.startup;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import tokenbroker.config.BrokerConfig;
import tokenbroker.connections.AuthorizationStore;
import tokenbroker.connections.ConnectionStore;
import tokenbroker.connections.KeepAliveSchedule;
import tokenbroker.connections.RefreshTokenSource;
import tokenbroker.memory.MemoryAuthorizationStore;
import tokenbroker.memory.MemoryConnectionStore;
import tokenbroker.memory.MemoryTokenStore;
import tokenbroker.redis.RedisAuthorizationStore;
import tokenbroker.redis.RedisConnectionStore;
import tokenbroker.redis.RedisTokenStore;
import tokenbroker.seal.KeyedHash;
import tokenbroker.seal.Seal;
import tokenbroker.time.Clocks;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.FailOpenStore;
import tokenbroker.tokens.TokenMetrics;
import tokenbroker.tokens.TokenSource;
import tokenbroker.tokens.TokenStore;
import tokenbroker.trackmage.TrackMageTokenSource;

/** Produces the beans that other packages inject, as the settings choose. */
class Wiring {

  @Produces
  @Singleton
  Clock clock() {
    return Clock.systemUTC();
  }

  @Produces
  @Singleton
  Ticker ticker() {
    return Ticker.system();
  }

  @Produces
  @Singleton
  Clocks clocks(Clock clock, Ticker ticker) {
    return new Clocks(clock, ticker);
  }

  @Produces
  @Singleton
  KeyedHash keyedHash(SealKeys keys) {
    return new KeyedHash(keys.ring().primary());
  }

  @Produces
  @Singleton
  Seal seal(SealKeys keys, MeterRegistry registry) {
    var sealed =
        Counter.builder("token_broker.sealed.values")
            .description("Values that were sealed for Redis, by seal key")
            .withRegistry(registry);
    return new Seal(keys.ring(), key -> sealed.withTag("key", key).increment());
  }

  /**
   * Fetches a client's own tokens with its credentials, and a connection's tokens with its refresh
   * token.
   */
  @Produces
  @Singleton
  TokenSource source(TrackMageTokenSource clients, RefreshTokenSource connections) {
    return (client, owner, seenGrant) ->
        owner.isConnection() ? connections.fetch(client, owner, seenGrant) : clients.fetch(client);
  }

  @Produces
  @Singleton
  TokenStore store(
      BrokerConfig config, Instance<RedisTokenStore> redis, TokenMetrics metrics, Clocks clocks) {
    return switch (config.store()) {
      case MEMORY -> new MemoryTokenStore(clocks);
      case REDIS -> new FailOpenStore(redis.get(), metrics, clocks.ticker());
    };
  }

  @Produces
  @Singleton
  ConnectionStore connectionStore(
      BrokerConfig config,
      Instance<RedisConnectionStore> redis,
      KeepAliveSchedule schedule,
      Ticker ticker) {
    return switch (config.store()) {
      case MEMORY -> new MemoryConnectionStore(schedule, ticker);
      case REDIS -> redis.get();
    };
  }

  @Produces
  @Singleton
  AuthorizationStore authorizationStore(
      BrokerConfig config, Instance<RedisAuthorizationStore> redis, Ticker ticker) {
    return switch (config.store()) {
      case MEMORY -> new MemoryAuthorizationStore(ticker);
      case REDIS -> redis.get();
    };
  }
}
