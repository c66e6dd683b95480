package tokenbroker.tokens;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import tokenbroker.clients.Client;
import tokenbroker.seal.KeyedHash;
import tokenbroker.testing.SettableClock;

/** A fake upstream. By default it returns a new token each time. It counts the fetches. */
final class FakeTokenSource implements TokenSource {

  static final KeyedHash HASH = new KeyedHash(new byte[32]);

  private final SettableClock clock;
  private final AtomicInteger serial = new AtomicInteger();
  private final List<Client> fetches = new CopyOnWriteArrayList<>();
  private volatile Duration lifetime = Duration.ofHours(1);
  private volatile Function<Client, FetchResult> answer = this::newToken;
  private volatile CountDownLatch gate = new CountDownLatch(0);

  FakeTokenSource(SettableClock clock) {
    this.clock = clock;
  }

  int fetches() {
    return fetches.size();
  }

  List<Client> askedFor() {
    return fetches;
  }

  void givesTokensFor(Duration lifetime) {
    this.lifetime = lifetime;
    this.answer = this::newToken;
  }

  void gives(FetchResult result) {
    this.answer = client -> result;
  }

  void answers(Function<Client, FetchResult> answer) {
    this.answer = answer;
  }

  /** Blocks every fetch until the returned latch is counted down. */
  CountDownLatch hold() {
    var latch = new CountDownLatch(1);
    gate = latch;
    return latch;
  }

  @Override
  public FetchResult fetch(Client client, TokenOwner owner, String seenGrant) {
    fetches.add(client);
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return answer.apply(client);
  }

  FetchResult newToken(Client client) {
    return new FetchResult.Fetched(token("token-" + serial.incrementAndGet(), client));
  }

  AccessToken token(String value, Client client) {
    return token(value, client, lifetime);
  }

  AccessToken token(String value, Client client, Duration lifetime) {
    return new AccessToken(
        value,
        "user",
        null,
        null,
        TokenId.of(value, HASH),
        Lifespan.from(clock.clocks().now(), lifetime),
        Provenance.of(client, TokenOwner.of(client.name())));
  }
}
