package tokenbroker.tokens;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientLabels;
import tokenbroker.clients.ClientName;
import tokenbroker.time.Moment;
import tokenbroker.time.Now;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.TokenRequirement.Trigger;

/** The metrics of the core. Label values are configured client names and words from this class. */
@Singleton
public class TokenMetrics {

  private final MeterRegistry registry;
  private final ClientLabels labels;
  private final Ticker ticker;
  private final Timer leaseWait;
  private final Map<String, NearbyGauges> gauges = new ConcurrentHashMap<>();

  /** The last success of any client. */
  private volatile Instant lastSuccess = Instant.EPOCH;

  TokenMetrics(MeterRegistry registry, ClientLabels labels, Ticker ticker) {
    this.registry = registry;
    this.labels = labels;
    labels.onEnded(client -> end(client.value()));
    this.ticker = ticker;
    this.leaseWait =
        Timer.builder("token_broker.lease.wait")
            .description("Time that a fetch waited for the lease of its client")
            .register(registry);
  }

  void refreshed(TokenOwner owner, Trigger trigger, boolean ok) {
    labels.change(
        owner.client(),
        label ->
            Counter.builder(
                    owner.isConnection()
                        ? "token_broker.connection.refresh"
                        : "token_broker.refresh")
                .description("Fetches of tokens, by trigger")
                .tag("client", label)
                .tag("trigger", trigger.name().toLowerCase(Locale.ROOT))
                .tag("result", ok ? "ok" : "failed")
                .register(registry)
                .increment());
  }

  void invalidation(ClientName client, String result) {
    labels.change(
        client,
        label ->
            Counter.builder("token_broker.invalidations")
                .description("Reports of rejected tokens, by result")
                .tag("client", label)
                .tag("result", result)
                .register(registry)
                .increment());
  }

  void leaseWait(Duration waited) {
    leaseWait.record(waited);
  }

  void storeError(String operation) {
    Counter.builder("token_broker.store.errors")
        .description("Failed operations of the shared store")
        .tag("op", operation)
        .register(registry)
        .increment();
  }

  void watchStore(TokenStore store) {
    Gauge.builder("token_broker.store.up", store, s -> s.isUp() ? 1 : 0)
        .description("1 if the last operation of the shared store succeeded, otherwise 0")
        .strongReference(true)
        .register(registry);
  }

  void watchNearby(LocalTokens nearby) {
    FunctionCounter.builder("token_broker.nearby.evictions", nearby, LocalTokens::evicted)
        .description("Unexpired tokens that were evicted from memory for lack of space")
        .register(registry);
  }

  /**
   * Shows this token in the client's time series from now on. A connection has no series of its
   * own.
   */
  void kept(TokenOwner owner, AccessToken token, Freshness freshness, Now now, boolean fetched) {
    if (!owner.hasMetricSeries()) {
      return;
    }
    if (fetched) {
      lastSuccess = token.life().requestedAt();
    }
    if (labels.isShared()) {
      return;
    }
    labels.change(owner.client(), label -> show(label, token, freshness, now, fetched));
  }

  private void show(
      String label, AccessToken token, Freshness freshness, Now now, boolean fetched) {
    if (label.equals(ClientLabels.ALL)) {
      return;
    }
    var own = gauges.computeIfAbsent(label, this::register);
    own.expiresAt = now.wall().plus(token.remaining(now));
    own.usableUntil = now.moment().plus(freshness.usableFor(token)).minus(token.life().age(now));
    if (fetched) {
      own.lastSuccess = token.life().requestedAt();
    }
  }

  /**
   * Updates the series shared by all clients, if clients have none of their own. It is called
   * repeatedly with the token in use that ends first, which is the worst case.
   */
  void endsFirst(@Nullable LocalToken token, Now now) {
    if (token == null || !labels.isShared()) {
      end(ClientLabels.ALL);
      return;
    }
    var all = gauges.computeIfAbsent(ClientLabels.ALL, this::register);
    all.expiresAt = now.wall().plus(token.token.remaining(now));
    all.usableUntil = now.moment().plus(Duration.ofNanos(token.usableNanosLeft(now)));
    all.lastSuccess = lastSuccess;
  }

  private void end(String label) {
    var own = gauges.remove(label);
    if (own != null) {
      own.meters.forEach(registry::remove);
    }
  }

  private NearbyGauges register(String client) {
    var own = new NearbyGauges();
    own.meters =
        List.of(
            gauge(
                "token_broker.token.expiry.timestamp",
                "When the current token expires",
                client,
                own,
                g -> seconds(g.expiresAt)),
            gauge(
                "token_broker.last.refresh.success.timestamp",
                "When this replica last fetched a token",
                client,
                own,
                g -> seconds(g.lastSuccess)),
            gauge(
                "token_broker.runway",
                "How long the broker can still serve callers if the upstream is down from now on",
                client,
                own,
                this::runway));
    return own;
  }

  private Gauge gauge(
      String name,
      String description,
      String client,
      NearbyGauges own,
      ToDoubleFunction<NearbyGauges> value) {
    return Gauge.builder(name, own, value)
        .description(description)
        .baseUnit("seconds")
        .tag("client", client)
        .strongReference(true)
        .register(registry);
  }

  private double runway(NearbyGauges own) {
    var until = own.usableUntil;
    return until == null ? 0 : Math.max(0, ticker.now().until(until).toMillis() / 1000.0);
  }

  private static double seconds(Instant instant) {
    return instant.equals(Instant.EPOCH) ? Double.NaN : instant.toEpochMilli() / 1000.0;
  }

  private static final class NearbyGauges {
    private volatile List<? extends Meter> meters = List.of();
    private volatile Instant expiresAt = Instant.EPOCH;
    private volatile @Nullable Moment usableUntil;
    private volatile Instant lastSuccess = Instant.EPOCH;
  }
}
