package tokenbroker.trackmage;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientCredentials;
import tokenbroker.clients.Upstream;
import tokenbroker.clients.Upstream.RequestStyle;
import tokenbroker.config.BrokerConfig;
import tokenbroker.outbound.OutboundHttp;
import tokenbroker.outbound.Reply;
import tokenbroker.outbound.Reply.Answered;
import tokenbroker.seal.KeyedHash;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.FailureCause.InvalidResponse;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.FetchResult.FromUpstream;

/** A source of tokens from TrackMage. Blocks: call it on a virtual thread. */
@ApplicationScoped
public class TrackMageTokenSource {

  private final OutboundHttp http;
  private final Ticker ticker;
  private final KeyedHash hash;
  private final TokenReplyReader answers;
  private final UpstreamMetrics metrics;
  private final Duration timeLimit;
  private final Duration firstBackoff;
  private final Map<BreakerKey, UpstreamCondition> upstreams = new ConcurrentHashMap<>();

  public TrackMageTokenSource(
      BrokerConfig config, Clock clock, Ticker ticker, KeyedHash hash, UpstreamMetrics metrics) {
    this.http = new OutboundHttp(config.upstream().connectTimeout(), ticker, clock);
    this.ticker = ticker;
    this.hash = hash;
    this.answers = new TokenReplyReader(hash);
    this.metrics = metrics;
    this.timeLimit = config.upstream().timeout();
    this.firstBackoff = config.upstream().backoff().first();
  }

  /** Fetches a token for the client's own account. */
  public FromUpstream fetch(Client client) {
    return ask(client, new TokenGrant.OfClient(client));
  }

  FromUpstream ask(Client client, TokenGrant grant) {
    var credentials =
        client
            .credentials()
            .orElseThrow(() -> new IllegalArgumentException(client.name() + " has no credentials"));
    var upstream = state(client.upstream());
    var deadline = ticker.now().plus(timeLimit.multipliedBy(grant.timeLimitFactor()));
    return upstream
        .breaker()
        .call(
            grant.account(client, hash), () -> ask(client, credentials, grant, upstream, deadline));
  }

  private UpstreamCondition state(Upstream upstream) {
    return upstreams.computeIfAbsent(
        new BreakerKey(upstream.name(), upstream.baseUrl()),
        key ->
            new UpstreamCondition(
                key.name,
                new UpstreamBreaker(
                    key.name, firstBackoff, timeLimit.dividedBy(2), metrics, ticker),
                new ClockSkew(key.name, metrics)));
  }

  private FromUpstream ask(
      Client client,
      ClientCredentials credentials,
      TokenGrant grant,
      UpstreamCondition upstream,
      Moment deadline) {
    var configured = grant.style(client.upstream());
    var style = upstream.styleFor(configured);
    var first = exchange(client, credentials, grant, style, upstream, ticker.now().until(deadline));
    if (!first.refusesStyle || configured != RequestStyle.FORM) {
      return first.result;
    }
    if (style == RequestStyle.QUERY) {
      // The upstream's behavior has changed, so the next fetch starts with a form again.
      upstream.forgetThatFormIsRefused();
      return first.result;
    }
    var timeLeft = ticker.now().until(deadline);
    if (!timeLeft.isPositive()) {
      return new Failed(Outage.TIMEOUT);
    }
    var second = exchange(client, credentials, grant, RequestStyle.QUERY, upstream, timeLeft);
    if (second.wasUnderstood()) {
      upstream.rememberThatFormIsRefused();
    }
    return second.result instanceof Failed(InvalidResponse _, _) ? first.result : second.result;
  }

  private Exchange exchange(
      Client client,
      ClientCredentials credentials,
      TokenGrant grant,
      RequestStyle style,
      UpstreamCondition upstream,
      Duration limit) {
    var start = ticker.now();
    var reply = http.send(TokenRequest.of(client, credentials, grant, style), limit);
    var took = start.until(ticker.now());
    if (reply instanceof Answered answer) {
      upstream.skew().observe(answer);
    }
    var result = answers.read(reply, grant.provenance(client, credentials));
    metrics.requested(client.name(), client.upstream().name(), result, took);
    return new Exchange(result, refusesStyle(reply, result));
  }

  private static boolean refusesStyle(Reply reply, FromUpstream result) {
    return reply instanceof Answered answer
        && (answer.status() == 405
            || (answer.status() == 400 && result.equals(new Failed(OAuthError.INVALID_REQUEST))));
  }

  @PreDestroy
  void close() {
    http.close();
  }

  private record BreakerKey(String name, URI baseUrl) {}

  /**
   * One request and its result.
   *
   * @param refusesStyle whether the upstream rejects requests of this style
   */
  private record Exchange(FromUpstream result, boolean refusesStyle) {

    boolean wasUnderstood() {
      return switch (result) {
        case Fetched _ -> true;
        case Failed(OAuthError error, _) ->
            error != OAuthError.INVALID_REQUEST && error != OAuthError.UNRECOGNIZED;
        case Failed _ -> false;
      };
    }
  }
}
