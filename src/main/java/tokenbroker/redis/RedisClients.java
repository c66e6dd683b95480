package tokenbroker.redis;

import io.quarkus.redis.client.RedisOptionsCustomizer;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/**
 * Makes Redis clients as {@code quarkus.redis.*} configures them. Quarkus makes one client for the
 * whole process, which cannot be replaced. A client has to be, though: its connect never completes
 * when {@code HELLO} is answered with an error (Vert.x 4.5), and a client of Sentinels or of a
 * cluster then waits for that one attempt for ever.
 *
 * <p>Quarkus calls this while it starts, before there are other beans: it may not depend on any.
 */
@Singleton
class RedisClients implements RedisOptionsCustomizer {

  private volatile @Nullable RedisOptions options;

  @Override
  public void customize(String clientName, RedisOptions options) {
    this.options = options;
  }

  /**
   * @param password null if {@code quarkus.redis.*} has it, or if there is none
   */
  Redis newClient(Vertx vertx, @Nullable String password) {
    var configured = options;
    if (configured == null) {
      throw new IllegalStateException("Quarkus has not configured a Redis client");
    }
    return Redis.createClient(
        vertx, password == null ? configured : Login.with(password, configured));
  }
}
