package tokenbroker.trackmage;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientCredentials;
import tokenbroker.clients.Upstream;
import tokenbroker.clients.Upstream.RequestStyle;
import tokenbroker.config.BrokerConfig;
import tokenbroker.connections.AuthorizationCodeClient;
import tokenbroker.oauth.ClockSkew;
import tokenbroker.oauth.TokenClient;
import tokenbroker.oauth.TokenClient.TokenExchange;
import tokenbroker.oauth.TokenGrant;
import tokenbroker.oauth.UpstreamBreaker;
import tokenbroker.oauth.UpstreamMetrics;
import tokenbroker.oauth.UserFields;
import tokenbroker.outbound.Egress;
import tokenbroker.seal.KeyedHash;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.FailureCause.InvalidResponse;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.FetchResult.FromUpstream;
import tokenbroker.tokens.UpstreamHealth;

/**
 * A source of tokens from TrackMage. It knows TrackMage's paths, and falls back from a form to the
 * query if TrackMage rejects a form. Blocks: call it on a virtual thread.
 */
@ApplicationScoped
public class TrackMageTokenSource implements UpstreamHealth {

  private static final String TOKEN_PATH = "/oauth/v2/token";
  private static final UserFields USER = new UserFields("user_id", "user_email");

  private final TokenClient http;
  private final Ticker ticker;
  private final KeyedHash hash;
  private final UpstreamMetrics metrics;
  private final Duration timeLimit;
  private final Duration firstBackoff;
  private final Map<BreakerKey, UpstreamCondition> upstreams = new ConcurrentHashMap<>();

  public TrackMageTokenSource(
      BrokerConfig config,
      Clock clock,
      Ticker ticker,
      KeyedHash hash,
      UpstreamMetrics metrics,
      Egress egress) {
    this.http = new TokenClient(config, clock, ticker, hash, USER, metrics, egress);
    this.ticker = ticker;
    this.hash = hash;
    this.metrics = metrics;
    this.timeLimit = config.upstream().timeout();
    this.firstBackoff = config.upstream().backoff().first();
  }

  /** Fetches a token for the client's own account. */
  public FromUpstream fetch(Client client) {
    return fetch(client, new TokenGrant.OfClient(client));
  }

  /** Forgets what earlier requests have shown about the upstreams: closes their breakers. */
  public void resetUpstreams() {
    upstreams.values().forEach(UpstreamCondition::reset);
  }

  FromUpstream fetch(Client client, TokenGrant grant) {
    var credentials =
        client
            .credentials()
            .orElseThrow(() -> new IllegalArgumentException(client.name() + " has no credentials"));
    var upstream = condition(client.upstream());
    var deadline = ticker.now().plus(limitFor(grant));
    return upstream
        .breaker()
        .call(
            grant.account(client, hash),
            () -> fetch(client, credentials, grant, upstream, deadline));
  }

  @Override
  public Optional<State> of(Upstream upstream) {
    return Optional.ofNullable(upstreams.get(BreakerKey.of(upstream)))
        .map(condition -> condition.breaker().state());
  }

  /** Returns the time for all requests of a fetch together. */
  private Duration limitFor(TokenGrant grant) {
    return grant instanceof TokenGrant.OfRefreshToken
        ? AuthorizationCodeClient.longestRefresh(timeLimit)
        : timeLimit;
  }

  private UpstreamCondition condition(Upstream upstream) {
    return upstreams.computeIfAbsent(
        BreakerKey.of(upstream),
        key ->
            new UpstreamCondition(
                key.name,
                new UpstreamBreaker(
                    key.name, firstBackoff, timeLimit.dividedBy(2), metrics, ticker),
                new ClockSkew(key.name, metrics)));
  }

  private FromUpstream fetch(
      Client client,
      ClientCredentials credentials,
      TokenGrant grant,
      UpstreamCondition upstream,
      Moment deadline) {
    var configured = style(grant, client.upstream());
    var style = upstream.styleFor(configured);
    var first = exchange(client, credentials, grant, style, upstream, ticker.now().until(deadline));
    if (!refusesStyle(first) || configured != RequestStyle.FORM) {
      return first.result();
    }
    if (style == RequestStyle.QUERY) {
      // The upstream's behavior has changed, so the next fetch starts with a form again.
      upstream.forgetThatFormIsRefused();
      return first.result();
    }
    var timeLeft = ticker.now().until(deadline);
    if (!timeLeft.isPositive()) {
      return new Failed(Outage.TIMEOUT);
    }
    var second = exchange(client, credentials, grant, RequestStyle.QUERY, upstream, timeLeft);
    if (wasUnderstood(second)) {
      upstream.rememberThatFormIsRefused();
    }
    return second.result() instanceof Failed(InvalidResponse _, _, _)
        ? first.result()
        : second.result();
  }

  private TokenExchange exchange(
      Client client,
      ClientCredentials credentials,
      TokenGrant grant,
      RequestStyle style,
      UpstreamCondition upstream,
      Duration limit) {
    var endpoint = client.upstream().baseUrl() + path(grant, client.upstream());
    return http.exchange(client, credentials, grant, endpoint, style, upstream.skew(), limit);
  }

  /** Returns the path of the endpoint. TrackMage documents two paths for codes. */
  private static String path(TokenGrant grant, Upstream upstream) {
    return grant instanceof TokenGrant.OfCode ? upstream.exchangePath() : TOKEN_PATH;
  }

  /**
   * Returns the configured style, but JSON for an endpoint other than the token endpoint, because
   * TrackMage documents only JSON there.
   */
  private static RequestStyle style(TokenGrant grant, Upstream upstream) {
    return path(grant, upstream).equals(TOKEN_PATH) ? upstream.requestStyle() : RequestStyle.JSON;
  }

  /** Returns whether TrackMage rejects requests of this style. */
  private static boolean refusesStyle(TokenExchange exchange) {
    return exchange.status() == 405
        || (exchange.status() == 400
            && exchange.result() instanceof Failed(var cause, _, _)
            && cause == OAuthError.INVALID_REQUEST);
  }

  private static boolean wasUnderstood(TokenExchange exchange) {
    return switch (exchange.result()) {
      case Fetched _ -> true;
      case Failed(OAuthError error, _, _) ->
          error != OAuthError.INVALID_REQUEST && error != OAuthError.UNRECOGNIZED;
      case Failed _ -> false;
    };
  }

  @PreDestroy
  void close() {
    http.close();
  }

  private record BreakerKey(String name, URI baseUrl) {

    static BreakerKey of(Upstream upstream) {
      return new BreakerKey(upstream.name(), upstream.baseUrl());
    }
  }
}
