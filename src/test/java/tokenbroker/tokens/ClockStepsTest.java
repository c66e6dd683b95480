package tokenbroker.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.tokens.Replica.client;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory.Entry;
import tokenbroker.memory.MemoryTokenStore;
import tokenbroker.testing.SettableClock;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.TokenRequirement.MinTtl;
import tokenbroker.tokens.TokenResult.Failed;
import tokenbroker.tokens.TokenResult.Issued;
import tokenbroker.tokens.TokenResult.NotIssued;

/** Proves that stepping the wall clock does not prolong a token's life. */
class ClockStepsTest {

  private final SettableClock clock = new SettableClock();
  private final FakeTokenSource upstream = new FakeTokenSource(clock);
  private final MemoryTokenStore store = new MemoryTokenStore(clock.clocks());
  private final Replica replica = new Replica("a", upstream, store, clock);
  private final Client acme = client("acme");

  @Test
  void aClockThatIsSetBackDoesNotProlongAToken() {
    upstream.givesTokensFor(Duration.ofSeconds(20));
    var token = replica.token(acme);
    clock.step(Duration.ofMinutes(-1));
    clock.advance(Duration.ofSeconds(14));
    assertThat(replica.token(acme)).isEqualTo(token);
    clock.advance(Duration.ofSeconds(1));

    assertThat(replica.token(acme)).isNotEqualTo(token);
  }

  @Test
  void aClockThatIsSetBackDoesNotProlongATokenInTheStore() {
    upstream.givesTokensFor(Duration.ofSeconds(20));
    var token = replica.token(acme);
    clock.step(Duration.ofHours(-1));
    clock.advance(Duration.ofSeconds(20));

    assertThat(new Replica("b", upstream, store, clock).token(acme)).isNotEqualTo(token);
    assertThat(store.look(TokenOwner.of(acme.name())).token()).isNotEqualTo(token);
  }

  /**
   * Another replica's clock was wrong for a moment. A lifetime computed from it would be a day too
   * long.
   */
  @Test
  void aGlitchDuringAFetchMakesNoTokenLiveForADay() {
    upstream.answers(
        client -> {
          clock.step(Duration.ofDays(1));
          var token = upstream.newToken(client);
          clock.step(Duration.ofDays(-1));
          return token;
        });
    var token = replica.token(acme);
    clock.advance(Duration.ofHours(1));

    assertThat(replica.token(acme)).isNotEqualTo(token);
  }

  /** While a process is suspended, its ticker stands still and the wall clock goes on. */
  @Test
  void aProcessThatWasSuspendedServesNoExpiredToken() {
    var token = replica.token(acme);
    clock.step(Duration.ofHours(2));

    assertThat(replica.token(acme)).isNotEqualTo(token);
  }

  @Test
  void aClockThatIsSetBackNeitherProlongsABackOffNorHoldsARenewalUp() {
    replica.clients.replaceAll(List.of(new Entry(acme, null)));
    var token = replica.token(acme);
    upstream.gives(new FetchResult.Failed(Outage.CONNECT, Duration.ofSeconds(20)));
    clock.advance(Duration.ofMinutes(50));
    clock.step(Duration.ofHours(-3));
    assertThat(replica.broker.refresh(acme, TokenOwner.of(acme.name())))
        .isInstanceOf(NotIssued.class);
    upstream.givesTokensFor(Duration.ofHours(1));
    clock.advance(Duration.ofSeconds(20));

    assertThat(replica.broker.refresh(acme, TokenOwner.of(acme.name())))
        .isInstanceOfSatisfying(
            Issued.class, renewed -> assertThat(renewed.token()).isNotEqualTo(token));
  }

  @Test
  void theClockThatAdvancedFurtherDecidesTheRemainingLifetime() {
    replica.token(acme);
    clock.step(Duration.ofMinutes(-30));
    clock.advance(Duration.ofMinutes(20));
    var ask = replica.tokenFor(acme, new MinTtl(Duration.ofMinutes(41)), Replica.WAIT).join();

    assertThat(((Issued) ask).token().remaining(clock.clocks().now()))
        .isEqualTo(Duration.ofHours(1));
    assertThat(upstream.fetches()).isEqualTo(2);
  }

  @Test
  void aTokenThatIsOldWhenItArrivesIsNoToken() {
    upstream.answers(
        client -> {
          var token = upstream.newToken(client);
          clock.advance(Duration.ofHours(2));
          clock.step(Duration.ofHours(-2));
          return token;
        });

    assertThat(replica.get(acme)).isInstanceOf(Failed.class);
  }
}
