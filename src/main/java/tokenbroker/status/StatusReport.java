package tokenbroker.status;

import io.smallrye.config.SmallRyeConfig;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;
import tokenbroker.callers.Issuers;
import tokenbroker.callers.KeysStatus;
import tokenbroker.config.BrokerConfig;
import tokenbroker.config.BrokerConfig.Store;
import tokenbroker.config.ChangedSettings;
import tokenbroker.config.ReplicaName;
import tokenbroker.connections.Connections;
import tokenbroker.jobs.BackgroundWork;
import tokenbroker.oauth.UpstreamMetrics;
import tokenbroker.redis.Replicas;
import tokenbroker.time.Clocks;
import tokenbroker.tokens.ClientStatus.State;
import tokenbroker.tokens.StoreUnavailable;
import tokenbroker.tokens.TokenStore;
import tokenbroker.tokens.UpstreamHealth;
import tokenbroker.usage.Misuse;
import tokenbroker.usage.RefusedUsage;
import tokenbroker.usage.Usage;
import tokenbroker.usage.Use;

/** Collects the {@link Status} of this replica. */
@Singleton
class StatusReport {

  private static final int MOST_REFUSED = 100;
  private static final int MOST_MISUSE = 100;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double MILLIS = 1_000;

  private final ClientTable table;
  private final Issuers issuers;
  private final TokenStore store;
  private final Instance<Replicas> replicas;
  private final UpstreamMetrics upstreams;
  private final UpstreamHealth health;
  private final Connections connections;
  private final BackgroundWork work;
  private final Usage usage;
  private final RefusedUsage refused;
  private final BrokerConfig broker;
  private final SmallRyeConfig settings;
  private final Clocks clocks;
  private final Instant startedAt;

  StatusReport(
      ClientTable table,
      Issuers issuers,
      TokenStore store,
      Instance<Replicas> replicas,
      UpstreamMetrics upstreams,
      UpstreamHealth health,
      Connections connections,
      BackgroundWork work,
      Usage usage,
      RefusedUsage refused,
      BrokerConfig broker,
      Config settings,
      Clocks clocks) {
    this.table = table;
    this.issuers = issuers;
    this.store = store;
    this.replicas = replicas;
    this.upstreams = upstreams;
    this.health = health;
    this.connections = connections;
    this.work = work;
    this.usage = usage;
    this.refused = refused;
    this.broker = broker;
    this.settings = settings.unwrap(SmallRyeConfig.class);
    this.clocks = clocks;
    this.startedAt = Status.seconds(clocks.wall());
  }

  /**
   * Returns the status. Blocks for a bounded time, because it asks Redis. Only one thread at a time
   * collects it, so that many readers cost no more than one.
   */
  synchronized Status collect(StatusQuery query) {
    var uses = usage.uses();
    var lines = table.lines(uses);
    return new Status(
        Status.seconds(clocks.wall()),
        replica(),
        table.page(lines, query),
        issuers.statuses().stream().map(this::issuer).toList(),
        store(),
        upstreams(lines),
        connections.isOn() ? connections() : null,
        work.statuses().stream()
            .map(
                job ->
                    new Status.Job(
                        job.name(), Status.seconds(job.lastSuccess()), job.failed(), job.stalled()))
            .toList(),
        refused.all().stream()
            .filter(it -> query.client() == null || query.client().value().equals(it.client()))
            .limit(MOST_REFUSED)
            .toList(),
        misuse(uses),
        ChangedSettings.in(settings));
  }

  private Status.Replica replica() {
    return new Status.Replica(
        ReplicaName.of(broker).orElse("unnamed"),
        settings.getOptionalValue("quarkus.application.version", String.class).orElse("unknown"),
        Runtime.version().toString(),
        startedAt);
  }

  private Status.Issuer issuer(KeysStatus keys) {
    return new Status.Issuer(
        keys.issuer(),
        keys.keys(),
        keys.source(),
        keys.age().map(age -> Status.seconds(clocks.wall().minus(age))).orElse(null),
        keys.failure().orElse(null),
        keys.reviewFailure().orElse(null));
  }

  private Status.Store store() {
    var kind = broker.store();
    var hears = store.hearingSince().isPresent();
    if (kind == Store.MEMORY) {
      return new Status.Store(kind, true, null, hears, null, 1);
    }
    var begun = clocks.moment();
    try {
      var roll = replicas.get().read();
      var took = begun.until(clocks.moment()).toNanos() / NANOS_PER_MILLI;
      return new Status.Store(kind, store.isUp(), tenths(took), hears, peers(roll), roll.number());
    } catch (StoreUnavailable _) {
      return new Status.Store(kind, false, null, hears, null, 0);
    }
  }

  private static List<Status.Peer> peers(Replicas.Roll roll) {
    return roll.replicas().stream()
        .map(it -> new Status.Peer(it.name(), it.version(), it.heard().toSeconds(), it.isThis()))
        .sorted(Comparator.comparing(Status.Peer::name))
        .toList();
  }

  private List<Status.Upstream> upstreams(List<ClientTable.Line> lines) {
    return ClientTable.byUpstream(lines).entrySet().stream()
        .map(
            entry -> {
              var name = entry.getKey();
              var clients = entry.getValue();
              var upstream = clients.getFirst().client().upstream();
              var seen = upstreams.seen(name);
              return new Status.Upstream(
                  name,
                  upstream.baseUrl().toString(),
                  clients.size(),
                  clients.stream().filter(StatusReport::isFailing).count(),
                  health.of(upstream).filter(state -> state.nextAttempt() != null).isPresent(),
                  seen.requests(),
                  tenths(seen.mean().toNanos() / NANOS_PER_MILLI),
                  tenths(seen.slowest().toNanos() / NANOS_PER_MILLI),
                  seen.clockSkew() == null ? null : seen.clockSkew().toMillis() / MILLIS);
            })
        .toList();
  }

  private static boolean isFailing(ClientTable.Line line) {
    return line.state() == State.FAILING || line.state() == State.REJECTED;
  }

  private Status.Connections connections() {
    var total = connections.total();
    return new Status.Connections(
        total.active(),
        total.reconnectRequired(),
        total.overdue(),
        connections.waiting(),
        connections.durability().name().toLowerCase(Locale.ROOT),
        connections.eviction().name().toLowerCase(Locale.ROOT));
  }

  private static List<Status.Misuse> misuse(List<Use> uses) {
    return Stream.of(Misuse.values())
        .flatMap(
            kind ->
                uses.stream()
                    .filter(use -> use.is(kind))
                    .sorted(
                        Comparator.comparingDouble(Use::perSecond)
                            .thenComparingLong(Use::vainReports)
                            .reversed())
                    .limit(MOST_MISUSE)
                    .map(use -> misuse(kind, use)))
        .toList();
  }

  private static Status.Misuse misuse(Misuse kind, Use use) {
    return new Status.Misuse(
        kind.word(),
        use.issuer(),
        use.subject(),
        use.client().value(),
        tenths(use.perSecond()),
        use.vainReports());
  }

  private static double tenths(double value) {
    return Math.round(value * 10) / 10.0;
  }
}
