package tokenbroker.startup;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jboss.logging.Logger;
import tokenbroker.callers.Issuers;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.reload.ClientDirectoryReload;
import tokenbroker.config.BrokerConfig;
import tokenbroker.config.BrokerConfig.Store;
import tokenbroker.connections.Connections;
import tokenbroker.connections.KeepAlive;
import tokenbroker.jobs.BackgroundWork;
import tokenbroker.redis.Announcements;
import tokenbroker.redis.RedisPassword;
import tokenbroker.redis.Replicas;
import tokenbroker.seal.Seal;
import tokenbroker.tokens.RefreshAhead;
import tokenbroker.tokens.TokenBroker;
import tokenbroker.tokens.TokenOwner;

/** Starts the broker's background jobs, once {@link StartCheck} has found no fault. */
@Singleton
class Start {

  private static final Logger LOG = Logger.getLogger(Start.class);
  private static final Duration EACH_SECOND = Duration.ofSeconds(1);
  private static final Duration STOCK_TAKING = Duration.ofSeconds(15);
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);
  private static final Duration REFRESH_TICK = Duration.ofMillis(500);

  /**
   * The time after which the job counts as stalled. All issuers are read concurrently, each within
   * a few seconds.
   */
  private static final Duration ISSUERS_TIME_OUT = Duration.ofMinutes(5);

  /**
   * The time after which the job counts as stalled. One run may wait for the connections of one
   * client after the other.
   */
  private static final Duration ALL_CONNECTIONS_COUNTED = Duration.ofMinutes(30);

  private final BrokerConfig config;
  private final SealKeys sealKeys;
  private final Issuers issuers;
  private final ClientDirectoryReload reload;

  Start(BrokerConfig config, SealKeys sealKeys, Issuers issuers, ClientDirectoryReload reload) {
    this.config = config;
    this.sealKeys = sealKeys;
    this.issuers = issuers;
    this.reload = reload;
  }

  void start(
      @Observes StartupEvent event,
      BackgroundWork work,
      ClientDirectory clients,
      TokenBroker broker,
      RefreshAhead refreshAhead,
      Seal seal,
      Connections connections,
      KeepAlive keepAlive,
      RedisPassword redisPassword,
      ServerCertificates certificates,
      Instance<Announcements> announcements,
      Instance<Replicas> replicas) {
    clients.onRemoved(
        client -> Thread.ofVirtual().start(() -> broker.forget(TokenOwner.of(client))));
    issuers.readKeysIfDue();
    work.every(EACH_SECOND, ISSUERS_TIME_OUT, "caller keys", issuers::readKeysIfDue);
    work.every(config.clients().reloadEvery(), "clients", reload::reload);
    work.every(EACH_SECOND, "clients file", reload::reloadIfSettling);
    work.every(config.clients().reloadEvery(), "seal keys", () -> sealKeys.reload(seal));
    work.every(config.clients().reloadEvery(), "certificates", certificates::look);
    work.every(REFRESH_TICK, "refresh ahead", refreshAhead::tick);
    if (config.store() == Store.REDIS) {
      work.every(EACH_SECOND, "redis password", redisPassword::reload);
      work.every(EACH_SECOND, "announcements", announcements.get()::beat);
      work.every(Replicas.EVERY, "replicas", replicas.get()::enter);
    }
    work.every(EACH_SECOND, "refresh tokens", connections::settle);
    work.every(STOCK_TAKING, ALL_CONNECTIONS_COUNTED, "connections", connections::takeStock);
    work.every(KEEP_ALIVE, "keep-alive", keepAlive::run);
    rehearse(clients, broker);
    LOG.infof("The broker has started. Clients: %d, store: %s", clients.size(), config.store());
  }

  /**
   * Performs a first look-up, which loads classes and opens connections. It happens before the
   * replica is ready, so that no caller waits for that.
   */
  private static void rehearse(ClientDirectory clients, TokenBroker broker) {
    clients.all().stream().findFirst().ifPresent(broker::rehearse);
  }
}
