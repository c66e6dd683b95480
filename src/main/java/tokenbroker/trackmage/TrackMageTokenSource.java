package tokenbroker.trackmage;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tokenbroker.clients.Client;
import tokenbroker.clients.Upstream;
import tokenbroker.clients.Upstream.RequestStyle;
import tokenbroker.config.BrokerConfig;
import tokenbroker.seal.KeyedHash;
import tokenbroker.tokens.FetchResult;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.FetchResult.InvalidResponse;
import tokenbroker.tokens.FetchResult.Rejected;
import tokenbroker.tokens.OAuthError;
import tokenbroker.tokens.TokenSource;

/**
 * Tokens from TrackMage by the client-credentials grant. An upstream that does not take forms is
 * asked once more with a query, the one form that TrackMage documents, and with a query only from
 * then on.
 */
@Singleton
class TrackMageTokenSource implements TokenSource {

  private final UpstreamHttp http;
  private final Breakers breakers;
  private final UpstreamMetrics metrics;
  private final KeyedHash hash;
  private final Duration timeLimit;
  private final Set<Upstream> queryOnly = ConcurrentHashMap.newKeySet();

  TrackMageTokenSource(
      Breakers breakers,
      UpstreamMetrics metrics,
      KeyedHash hash,
      Clock clock,
      BrokerConfig config) {
    this.http = new UpstreamHttp(config.upstream().connectTimeout(), clock);
    this.breakers = breakers;
    this.metrics = metrics;
    this.hash = hash;
    this.timeLimit = config.upstream().timeout();
  }

  @Override
  public FetchResult fetch(Client client) {
    return breakers.guarded(client.upstream(), () -> ask(client));
  }

  private FetchResult ask(Client client) {
    var upstream = client.upstream();
    var style = queryOnly.contains(upstream) ? RequestStyle.QUERY : upstream.requestStyle();
    var begun = System.nanoTime();
    var result = ask(client, style, timeLimit);
    if (style != RequestStyle.FORM || !refusesForms(result)) {
      return result;
    }
    var left = timeLimit.minusNanos(System.nanoTime() - begun);
    var second = ask(client, RequestStyle.QUERY, left);
    if (second instanceof Fetched || (second instanceof Rejected && !refusesForms(second))) {
      queryOnly.add(upstream);
    }
    return second;
  }

  private FetchResult ask(Client client, RequestStyle style, Duration timeLimit) {
    var credentials = client.credentials().orElseThrow();
    var begun = System.nanoTime();
    var reply = http.send(TokenRequests.clientCredentials(client, credentials, style), timeLimit);
    var result =
        switch (reply) {
          case Reply.Answer answer -> TokenResponse.read(answer, credentials, hash);
          case Reply.None(var why) -> why;
        };
    metrics.asked(
        client.name(),
        client.upstream().name(),
        result,
        Duration.ofNanos(System.nanoTime() - begun));
    if (reply instanceof Reply.Answer answer) {
      HttpDate.of(answer)
          .ifPresent(
              date ->
                  metrics.skew(
                      client.upstream().name(),
                      Duration.between(answer.sentAt().plus(answer.took().dividedBy(2)), date)));
    }
    return result;
  }

  private static boolean refusesForms(FetchResult result) {
    return (result instanceof Rejected(var error) && error == OAuthError.INVALID_REQUEST)
        || (result instanceof InvalidResponse(var reason) && reason.equals("http_405"));
  }
}
