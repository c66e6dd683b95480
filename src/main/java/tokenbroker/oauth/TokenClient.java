package tokenbroker.oauth;

import java.time.Clock;
import java.time.Duration;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientCredentials;
import tokenbroker.clients.Upstream.RequestStyle;
import tokenbroker.config.BrokerConfig;
import tokenbroker.outbound.Egress;
import tokenbroker.outbound.OutboundHttp;
import tokenbroker.outbound.Reply.Answered;
import tokenbroker.seal.KeyedHash;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.FetchResult.FromUpstream;

/**
 * A client for token endpoints (RFC 6749 §3.2). It sends one request and counts it in the metrics.
 * Blocks: call it on a virtual thread.
 */
public final class TokenClient implements AutoCloseable {

  private final OutboundHttp http;
  private final Ticker ticker;
  private final TokenReplyReader replies;
  private final UpstreamMetrics metrics;

  public TokenClient(
      BrokerConfig config,
      Clock clock,
      Ticker ticker,
      KeyedHash hash,
      UserFields userFields,
      UpstreamMetrics metrics,
      Egress egress) {
    this.http =
        new OutboundHttp(
            config.upstream().connectTimeout(), ticker, clock, egress.upstreamTls(), egress);
    this.ticker = ticker;
    this.replies = new TokenReplyReader(hash, userFields);
    this.metrics = metrics;
  }

  /**
   * Sends one token request.
   *
   * @param endpoint the URL of the token endpoint, without a query
   * @param skew observes the time in the response
   * @param limit the time after which the result is a timeout; positive
   */
  public TokenExchange exchange(
      Client client,
      ClientCredentials credentials,
      TokenGrant grant,
      String endpoint,
      RequestStyle style,
      ClockSkew skew,
      Duration limit) {
    var start = ticker.now();
    var reply = http.send(TokenRequest.of(endpoint, credentials, grant, style), limit);
    var took = start.until(ticker.now());
    if (reply instanceof Answered answer) {
      skew.observe(answer);
    }
    var result =
        replies.read(reply, grant.provenance(client, credentials), client.upstream().server());
    metrics.requested(client.name(), client.upstream().name(), result, took);
    return new TokenExchange(reply instanceof Answered answer ? answer.status() : 0, result);
  }

  @Override
  public void close() {
    http.close();
  }

  /**
   * One request and its result.
   *
   * @param status the HTTP status of the response; 0 if there was none
   */
  public record TokenExchange(int status, FromUpstream result) {}
}
