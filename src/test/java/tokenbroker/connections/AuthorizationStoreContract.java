package tokenbroker.connections;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import tokenbroker.callers.Caller;
import tokenbroker.clients.ClientName;
import tokenbroker.connections.AuthorizationStore.Claim;
import tokenbroker.connections.AuthorizationStore.Outcome;
import tokenbroker.tokens.Provenance;

/** What every store of authorizations promises. */
public abstract class AuthorizationStoreContract {

  protected static final Duration LIMIT = Duration.ofSeconds(10);

  private static final String MINE = "hash-of-my-cookie";
  private static final String OTHERS = "hash-of-another-cookie";
  private static final Outcome CONNECTED = new Outcome("connection", "abc");

  private final Authorization authorization = authorization();

  protected abstract AuthorizationStore store();

  /** As another replica has it. */
  protected abstract AuthorizationStore otherReplica();

  /** Lets the claim of this authorization pass its limit. */
  protected abstract void letTheClaimEnd(AuthorizationId id);

  /** Lets the authorization expire. */
  protected abstract void letItExpire(AuthorizationId id);

  /** Returns how long the store still keeps the authorization. */
  protected abstract Duration left(AuthorizationId id);

  @Test
  void theFirstBrowserOwnsAnAuthorization() {
    store().keep(authorization);

    assertThat(store().bind(id(), MINE)).hasValue(authorization);
    assertThat(otherReplica().bind(id(), OTHERS)).isEmpty();
    assertThat(otherReplica().bind(id(), MINE)).hasValue(authorization);
  }

  @Test
  void onlyTheBrowserThatItIsBoundToCanClaimIt() {
    store().keep(authorization);
    assertThat(claim(MINE)).isEqualTo(new Claim.Absent());
    store().bind(id(), MINE);

    assertThat(claim(OTHERS)).isEqualTo(new Claim.Absent());
    assertThat(claim(MINE)).isEqualTo(new Claim.First(authorization));
  }

  @Test
  void itIsClaimedOnceAndOthersFindItUnderWay() {
    bound();
    assertThat(claim(MINE)).isEqualTo(new Claim.First(authorization));

    assertThat(claim(MINE)).isEqualTo(new Claim.UnderWay());
    assertThat(otherReplica().claim(id(), MINE, LIMIT)).isEqualTo(new Claim.UnderWay());
    assertThat(otherReplica().claim(id(), OTHERS, LIMIT)).isEqualTo(new Claim.Absent());
  }

  @Test
  void ofManyThatComeAtOnceOneIsFirst() throws Exception {
    bound();
    var tries = new ArrayList<Callable<Claim>>();
    for (var i = 0; i < 20; i++) {
      var replica = i % 2 == 0 ? store() : otherReplica();
      tries.add(() -> replica.claim(id(), MINE, LIMIT));
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var claims = new ArrayList<Claim>();
      for (var claimed : threads.invokeAll(tries)) {
        claims.add(claimed.get());
      }
      assertThat(claims).filteredOn(Claim.First.class::isInstance).hasSize(1);
      assertThat(claims).filteredOn(Claim.UnderWay.class::isInstance).hasSize(19);
    }
  }

  @Test
  void itsOutcomeIsFoundByEveryReplicaAgainAndAgain() {
    bound();
    claim(MINE);
    store().finish(id(), MINE, CONNECTED);

    for (var replica : new AuthorizationStore[] {store(), otherReplica(), store()}) {
      assertThat(replica.claim(id(), MINE, LIMIT))
          .isEqualTo(new Claim.Finished(authorization, CONNECTED));
    }
    assertThat(claim(OTHERS)).isEqualTo(new Claim.Absent());
  }

  @Test
  void theOutcomeIsKeptForTenMinutesFromWhenItIsThere() {
    bound();
    claim(MINE);
    store().finish(id(), MINE, CONNECTED);

    assertThat(left(id())).isBetween(Duration.ofMinutes(9), Authorization.LIFE);
  }

  @Test
  void aLinkThatWasUsedCannotBeFollowedAgain() {
    bound();
    claim(MINE);
    assertThat(store().bind(id(), MINE)).isEmpty();
    store().finish(id(), MINE, CONNECTED);

    assertThat(otherReplica().bind(id(), MINE)).isEmpty();
  }

  @Test
  void whoeverClaimedItAndDiedLeavesItAbandoned() {
    bound();
    claim(MINE);
    letTheClaimEnd(id());

    assertThat(claim(MINE)).isEqualTo(new Claim.Abandoned());
    assertThat(otherReplica().claim(id(), MINE, LIMIT)).isEqualTo(new Claim.Abandoned());
  }

  @Test
  void aLateOutcomeStillCounts() {
    bound();
    claim(MINE);
    letTheClaimEnd(id());
    store().finish(id(), MINE, CONNECTED);

    assertThat(claim(MINE)).isEqualTo(new Claim.Finished(authorization, CONNECTED));
  }

  @Test
  void anExpiredAuthorizationIsAbsentAndStaysSo() {
    bound();
    claim(MINE);
    letItExpire(id());
    store().finish(id(), MINE, CONNECTED);

    assertThat(claim(MINE)).isEqualTo(new Claim.Absent());
    assertThat(store().bind(id(), MINE)).isEmpty();
  }

  @Test
  void anOutcomeCannotBeForgedByAnotherBrowser() {
    bound();
    claim(MINE);
    store().finish(id(), OTHERS, CONNECTED);

    assertThat(claim(MINE)).isEqualTo(new Claim.UnderWay());
  }

  @Test
  void anOutcomeDoesNotPrintItsValue() {
    assertThat(CONNECTED.toString()).doesNotContain("abc");
  }

  private void bound() {
    store().keep(authorization);
    store().bind(id(), MINE);
  }

  private Claim claim(String browser) {
    return store().claim(id(), browser, LIMIT);
  }

  private AuthorizationId id() {
    return authorization.id();
  }

  private static Authorization authorization() {
    return new Authorization(
        AuthorizationId.next(new ClientName("acme")),
        "https://shop.example/",
        "state of the shop",
        "verifier",
        new Caller("test", "someone", Set.of()),
        "trace",
        new Provenance("https://upstream.test", "id", null, "v1"));
  }
}
