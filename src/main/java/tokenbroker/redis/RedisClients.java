package tokenbroker.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import io.quarkus.redis.client.RedisOptionsCustomizer;
import io.quarkus.tls.CertificateUpdatedEvent;
import io.quarkus.tls.runtime.config.TlsConfigUtils;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.impl.RedisURI;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.URLEncoder;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/**
 * A factory of Redis clients with the configuration {@code quarkus.redis.*}. Quarkus creates one
 * client for the whole process, which cannot be replaced. The broker must be able to replace a
 * client. Its connect never completes if {@code HELLO} is answered with an error (Vert.x 4.5). A
 * Sentinel or cluster client then waits for that attempt forever.
 *
 * <p>Quarkus calls this class during startup, before other beans exist, so it must not depend on
 * any.
 */
@Singleton
class RedisClients implements RedisOptionsCustomizer {

  private static final String TLS_CONFIGURATION = "quarkus.redis.tls-configuration-name";

  private volatile @Nullable RedisOptions options;

  @Override
  public void customize(String clientName, RedisOptions options) {
    this.options = options;
  }

  /**
   * Uses the reloaded certificates for new connections. Quarkus reads the files again periodically,
   * but passes the result to no existing client.
   */
  void reloaded(@Observes CertificateUpdatedEvent event) {
    var configured = options;
    var name = ConfigProvider.getConfig().getOptionalValue(TLS_CONFIGURATION, String.class);
    if (configured == null || !name.equals(Optional.of(event.name()))) {
      return;
    }
    var net = new NetClientOptions(configured.getNetClientOptions());
    TlsConfigUtils.configure(net, event.tlsConfiguration());
    net.setSsl(configured.getNetClientOptions().isSsl());
    options = new RedisOptions(configured).setNetClientOptions(net);
  }

  /**
   * Returns the configured servers.
   *
   * @param password read for each new connection
   */
  Servers servers(EventLoop loop, Vertx vertx, RedisPassword password) {
    var configured = configured(password);
    return configured.getType() == RedisClientType.CLUSTER
        ? new Cluster(
            loop,
            node -> Redis.createClient(vertx, forNode(configured(password), node)),
            configured.getEndpoints().stream().map(RedisClients::node).toList())
        : new Link(
            loop,
            new Sessions(
                loop, named(configured), () -> Redis.createClient(vertx, configured(password))));
  }

  /** Returns how the log names the server: with its address, or those of its Sentinels. */
  private static String named(RedisOptions configured) {
    var addresses =
        configured.getEndpoints().stream().map(RedisClients::node).collect(joining(", "));
    return (configured.getType() == RedisClientType.SENTINEL ? "Redis by Sentinel " : "Redis at ")
        + addresses;
  }

  private RedisOptions configured(RedisPassword password) {
    var configured = options;
    if (configured == null) {
      throw new IllegalStateException("Quarkus has not configured a Redis client");
    }
    var current = password.current();
    return current == null ? configured : Login.with(current, configured);
  }

  /**
   * Returns the options for one node. The first configured address decides how to connect to all
   * nodes.
   */
  static RedisOptions forNode(RedisOptions configured, String node) {
    var seed = new RedisURI(configured.getEndpoint());
    var user = seed.user() == null ? "" : "?user=" + URLEncoder.encode(seed.user(), UTF_8);
    var copy = new RedisOptions(configured);
    copy.setType(RedisClientType.STANDALONE);
    copy.setEndpoints(List.of(seed.protocol() + "://" + node + user));
    if (seed.password() != null) {
      copy.setPassword(seed.password());
    }
    return copy;
  }

  /** Returns the host and port of an address, or the path of a Unix socket. */
  static String node(String address) {
    var socket = new RedisURI(address).socketAddress();
    return socket.isDomainSocket() ? socket.path() : socket.host() + ":" + socket.port();
  }
}
