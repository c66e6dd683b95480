package tokenbroker.trackmage;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientCredentials;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.ClientDirectory.Entry;
import tokenbroker.clients.ClientLabels;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.ClientSecret;
import tokenbroker.clients.Upstream;
import tokenbroker.clients.Upstream.RequestStyle;
import tokenbroker.config.BrokerConfig;
import tokenbroker.oauth.UpstreamMetrics;
import tokenbroker.outbound.Egress;
import tokenbroker.seal.KeyedHash;
import tokenbroker.testing.SettableClock;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.FromUpstream;

/** A token source as in production, with its own metrics and a settable clock. */
final class SourceUnderTest implements AutoCloseable {

  static final KeyedHash HASH = new KeyedHash(new byte[32]);

  final SettableClock clock = new SettableClock();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final ClientDirectory clients = new ClientDirectory();
  final UpstreamMetrics metrics =
      new UpstreamMetrics(registry, new ClientLabels(clients, config(Map.of()), registry));
  final TrackMageTokenSource source;

  private SourceUnderTest(Map<String, String> settings) {
    source =
        new TrackMageTokenSource(
            config(settings), clock, clock, HASH, metrics, new Egress(config(settings)));
    clients.replaceAll(List.of(new Entry(client(URI.create("http://localhost")), null)));
  }

  /** Returns a source with time limits that no test reaches by accident. */
  static SourceUnderTest patient() {
    return with(Map.of());
  }

  static SourceUnderTest with(Map<String, String> settings) {
    var all = new HashMap<>(Map.of("broker.upstream.timeout", "30s"));
    all.put("broker.upstream.connect-timeout", "10s");
    all.putAll(settings);
    return new SourceUnderTest(all);
  }

  private static BrokerConfig config(Map<String, String> settings) {
    return new SmallRyeConfigBuilder()
        .withMapping(BrokerConfig.class)
        .withConverter(Duration.class, 200, new DurationConverter())
        .withSources(new PropertiesConfigSource(settings, "test", 100))
        .build()
        .getConfigMapping(BrokerConfig.class);
  }

  /** Fetches a token. A failure has no detail here. */
  FromUpstream fetch(Client client) {
    return withoutDetail(source.fetch(client));
  }

  static FromUpstream withoutDetail(FromUpstream result) {
    return result instanceof Failed(var cause, var retryAfter, _)
        ? new Failed(cause, retryAfter)
        : result;
  }

  /** Returns the number of requests for a client, by result. */
  Map<String, Double> requests(String client) {
    var counted = new HashMap<String, Double>();
    for (Counter each :
        registry.find("token_broker.upstream.requests").tag("client", client).counters()) {
      counted.put(each.getId().getTag("result"), each.count());
    }
    return counted;
  }

  double gauge(String name, String upstream) {
    return registry.get(name).tag("upstream", upstream).gauge().value();
  }

  @Override
  public void close() {
    source.close();
  }

  static Client client(URI upstream) {
    return client(upstream, RequestStyle.FORM);
  }

  static Client client(URI upstream, RequestStyle style) {
    return client("acme", new Upstream("production", upstream, style, "/oauth/v2/token"), "user");
  }

  /**
   * Returns a client with the {@code client_id} {@code id-of-NAME} and a secret that starts with
   * {@code secret-of-NAME} and contains special characters.
   */
  static Client client(String name, Upstream upstream, @Nullable String scope) {
    var credentials =
        new ClientCredentials(
            "id-of-" + name, new ClientSecret("secret-of-" + name + " +&=%ü"), "v1");
    return new Client(new ClientName(name), upstream, scope, List.of(), List.of(), credentials);
  }
}
