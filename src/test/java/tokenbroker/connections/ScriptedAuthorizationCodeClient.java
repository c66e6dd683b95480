package tokenbroker.connections;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import tokenbroker.clients.Client;
import tokenbroker.seal.KeyedHash;
import tokenbroker.testing.Browser;
import tokenbroker.testing.SettableClock;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.FetchResult;
import tokenbroker.tokens.FetchResult.FromUpstream;
import tokenbroker.tokens.Lifespan;
import tokenbroker.tokens.Provenance;
import tokenbroker.tokens.RefreshToken;
import tokenbroker.tokens.TokenId;

/**
 * A scripted implementation of the port. By default it returns a new access token and a new refresh
 * token each time.
 */
final class ScriptedAuthorizationCodeClient implements AuthorizationCodeClient {

  private static final KeyedHash HASH = new KeyedHash(new byte[32]);

  private final SettableClock clock;
  private final AtomicInteger serial = new AtomicInteger();
  private final List<String> refreshed = new CopyOnWriteArrayList<>();
  private volatile BiFunction<Client, RefreshToken, FromUpstream> answer = (c, t) -> token(c);
  private volatile CountDownLatch gate = new CountDownLatch(0);

  ScriptedAuthorizationCodeClient(SettableClock clock) {
    this.clock = clock;
  }

  void answers(FromUpstream result) {
    answer = (client, token) -> result;
  }

  void answers(BiFunction<Client, RefreshToken, FromUpstream> result) {
    answer = result;
  }

  void givesTokens() {
    answer = (client, token) -> token(client);
  }

  /** Blocks every refresh until the returned latch is counted down. */
  CountDownLatch hold() {
    var latch = new CountDownLatch(1);
    gate = latch;
    return latch;
  }

  /** Returns the refresh tokens that were sent, in order. */
  List<String> refreshed() {
    return refreshed;
  }

  FetchResult.Fetched token(Client client) {
    var number = serial.incrementAndGet();
    return new FetchResult.Fetched(
        accessToken("token-" + number, client), new RefreshToken("refresh-" + number));
  }

  AccessToken accessToken(String value, Client client) {
    var credentials = client.credentials().orElseThrow();
    return new AccessToken(
        value,
        null,
        "user",
        null,
        TokenId.of(value, HASH),
        Lifespan.from(clock.clocks().now(), Duration.ofHours(1)),
        new Provenance(
            client.upstream().baseUrl().toString(),
            credentials.clientId(),
            null,
            credentials.version()));
  }

  @Override
  public URI consentPage(Client client, String state, URI redirectUri, String challenge) {
    return URI.create(client.upstream().baseUrl() + "/consent?state=" + state);
  }

  /** Returns the state in the URL of a consent page. */
  static String stateOf(URI consentPage) {
    return Objects.requireNonNull(Browser.query(consentPage).get("state"));
  }

  @Override
  public FromUpstream exchange(Client client, String code, URI redirectUri, String verifier) {
    return answer.apply(client, new RefreshToken(code));
  }

  @Override
  public FromUpstream refresh(Client client, RefreshToken token) {
    refreshed.add(token.reveal());
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return answer.apply(client, token);
  }
}
