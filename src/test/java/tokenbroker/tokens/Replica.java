package tokenbroker.tokens;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientCredentials;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.ClientLabels;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.ClientSecret;
import tokenbroker.clients.Upstream;
import tokenbroker.config.BrokerConfig;
import tokenbroker.testing.SettableClock;
import tokenbroker.testing.TestConfig;
import tokenbroker.tokens.TokenRequirement.Usable;
import tokenbroker.tokens.TokenResult.Issued;

/** The core of a replica, wired as in production, with the store and the source of a test. */
public final class Replica {

  static final Duration WAIT = Duration.ofSeconds(10);

  public final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  public final ClientDirectory clients = new ClientDirectory();
  final LocalTokens nearby;
  public final TokenBroker broker;
  final RefreshAhead refreshAhead;
  final CredentialsTrial trial;
  final RecentOutcomes outcomes;

  /** The connections whose renewal may prove credentials. */
  volatile List<TokenOwner> connected = List.of();

  final Freshness freshness;

  public Replica(String name, TokenSource source, TokenStore store, SettableClock clock) {
    this(name, source, store, clock, TestConfig.defaults());
  }

  Replica(
      String name, TokenSource source, TokenStore store, SettableClock clock, BrokerConfig config) {
    var metrics = new TokenMetrics(registry, new ClientLabels(clients, config, registry), clock);
    var clocks = clock.clocks();
    outcomes = new RecentOutcomes();
    freshness = new Freshness(config.tokens(), name);
    nearby = new LocalTokens(freshness, store, Long.MAX_VALUE);
    var local = new LocalView(nearby, store, freshness, outcomes, metrics, clocks);
    var throughStore =
        new TokenFetcher(
            source,
            store,
            local,
            freshness,
            new Backoff(config),
            outcomes,
            metrics,
            clocks,
            config);
    broker =
        new TokenBroker(
            nearby,
            new Flights(throughStore, freshness, clocks, config),
            local,
            store,
            freshness,
            outcomes,
            metrics,
            clocks,
            config);
    refreshAhead = new RefreshAhead(broker, nearby, store, clients, metrics, clocks);
    trial = new CredentialsTrial(broker, outcomes, (client, limit) -> connected);
  }

  static Client client(String name) {
    return client(name, "v1");
  }

  static Client client(String name, String credentialsVersion) {
    return new Client(
        new ClientName(name),
        new Upstream(
            "production",
            URI.create("https://upstream.test"),
            Upstream.RequestStyle.FORM,
            "/oauth/v2/token"),
        "user",
        List.of(),
        List.of(),
        new ClientCredentials(
            "id-" + name, new ClientSecret("secret-" + name), credentialsVersion));
  }

  CompletableFuture<TokenResult> tokenFor(Client client, TokenRequirement need, Duration wait) {
    return broker.tokenFor(client, TokenOwner.of(client.name()), need, wait);
  }

  Invalidation invalidate(Client client, TokenId dead, Duration wait) {
    return broker.invalidate(client, TokenOwner.of(client.name()), dead, wait);
  }

  @Nullable Issued nearby(Client client, TokenRequirement need) {
    return broker.nearby(client, TokenOwner.of(client.name()), need);
  }

  TokenResult get(Client client) {
    return tokenFor(client, new Usable(), WAIT).join();
  }

  AccessToken token(Client client) {
    if (get(client) instanceof Issued issued) {
      return issued.token();
    }
    throw new AssertionError("no token for " + client.name());
  }
}
