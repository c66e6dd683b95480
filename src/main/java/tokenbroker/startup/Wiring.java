package tokenbroker.startup;

import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import tokenbroker.config.BrokerConfig;
import tokenbroker.redis.RedisTokenStore;
import tokenbroker.seal.KeyedHash;
import tokenbroker.seal.Seal;
import tokenbroker.tokens.FailOpenStore;
import tokenbroker.tokens.MemoryTokenStore;
import tokenbroker.tokens.TokenMetrics;
import tokenbroker.tokens.TokenStore;

/** What the rooms are given, and by which setting. */
class Wiring {

  @Produces
  @Singleton
  Clock clock() {
    return Clock.systemUTC();
  }

  @Produces
  @Singleton
  KeyedHash keyedHash(SealKeys keys) {
    return new KeyedHash(keys.ring().primary());
  }

  @Produces
  @Singleton
  Seal seal(SealKeys keys) {
    return new Seal(keys.ring());
  }

  @Produces
  @Singleton
  TokenStore store(
      BrokerConfig config, Instance<RedisTokenStore> redis, TokenMetrics metrics, Clock clock) {
    var memory = new MemoryTokenStore(clock);
    return switch (config.store()) {
      case MEMORY -> memory;
      case REDIS -> new FailOpenStore(redis.get(), memory, metrics, clock);
    };
  }
}
