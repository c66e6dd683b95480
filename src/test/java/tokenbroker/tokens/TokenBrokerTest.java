package tokenbroker.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tokenbroker.tokens.Replica.WAIT;
import static tokenbroker.tokens.Replica.client;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory.Entry;
import tokenbroker.clients.CredentialsProof.ProofResult;
import tokenbroker.memory.MemoryTokenStore;
import tokenbroker.testing.SettableClock;
import tokenbroker.tokens.FailureCause.InvalidResponse;
import tokenbroker.tokens.FailureCause.Local;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.TokenRequirement.MinTtl;
import tokenbroker.tokens.TokenRequirement.Usable;
import tokenbroker.tokens.TokenResult.Failed;
import tokenbroker.tokens.TokenResult.Issued;
import tokenbroker.tokens.TokenResult.NotIssued;
import tokenbroker.tokens.TokenResult.ServedFrom;
import tokenbroker.tokens.TokenResult.TimedOut;
import tokenbroker.tokens.TokenResult.TooSoon;
import tokenbroker.tokens.TokenResult.Warning;

class TokenBrokerTest {

  private static final FetchResult DOWN = new FetchResult.Failed(Outage.CONNECT, null);

  private final SettableClock clock = new SettableClock();
  private final FakeTokenSource upstream = new FakeTokenSource(clock);
  private final MemoryTokenStore store = new MemoryTokenStore(clock.clocks());
  private final Replica replica = new Replica("a", upstream, store, clock);
  private final Client acme = client("acme");

  @Test
  void theFirstRequestFetchesAndTheNextIsServedNearby() {
    assertThat(origin(replica.get(acme))).isEqualTo(ServedFrom.FETCHED);
    assertThat(origin(replica.get(acme))).isEqualTo(ServedFrom.NEARBY);
    assertThat(upstream.fetches()).isOne();
  }

  @Test
  void expiredTokenIsNeverServed() {
    upstream.givesTokensFor(Duration.ofHours(1));
    replica.get(acme);
    upstream.gives(DOWN);
    clock.advance(Duration.ofHours(1));

    assertThat(replica.get(acme)).isInstanceOf(Failed.class);
  }

  @Test
  void aTokenInItsSafetyWindowIsNotHandedOut() {
    var first = replica.token(acme);
    clock.advance(Duration.ofHours(1).minusSeconds(30));

    assertThat(replica.token(acme)).isNotEqualTo(first);
  }

  @Test
  void aShortLivedTokenKeepsAtMostAQuarterOfItsLifeAsSafetyWindow() {
    upstream.givesTokensFor(Duration.ofSeconds(20));
    var first = replica.token(acme);
    clock.advance(Duration.ofSeconds(14));
    assertThat(replica.token(acme)).isEqualTo(first);
    clock.advance(Duration.ofSeconds(1));
    assertThat(replica.token(acme)).isNotEqualTo(first);
  }

  @Test
  void aTokenThatIsOldWhenItArrivesIsNoToken() {
    upstream.answers(
        client -> {
          var token = upstream.newToken(client);
          clock.advance(Duration.ofHours(2));
          return token;
        });

    assertThat(replica.get(acme))
        .isInstanceOfSatisfying(
            Failed.class,
            result -> assertThat(result.cause()).isEqualTo(InvalidResponse.EXPIRED_ON_ARRIVAL));
  }

  @Test
  void aBurstOfColdCallersFetchesOnce() throws Exception {
    var answered = upstream.hold();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var results = Stream.generate(() -> submit(callers::submit, acme)).limit(1000).toList();
      await().until(() -> upstream.fetches() > 0);
      answered.countDown();
      for (var result : results) {
        assertThat(result.get()).isInstanceOf(Issued.class);
      }
    }
    assertThat(upstream.fetches()).isOne();
  }

  @Test
  void aSecondReplicaServesWhatTheFirstFetched() {
    var other = new Replica("b", upstream, store, clock);
    var token = replica.token(acme);

    assertThat(other.get(acme)).isEqualTo(new Issued(token, ServedFrom.SHARED));
    assertThat(upstream.fetches()).isOne();
  }

  /** A slow response of the store makes its token seem to live longer. */
  @Test
  void aTokenThatIsKnownHereDoesNotLiveLongerBecauseTheStoreSaysSo() {
    upstream.givesTokensFor(Duration.ofSeconds(20));
    var token = replica.token(acme);
    var stored = upstream.token(token.value(), acme, Duration.ofSeconds(25));
    var owner = TokenOwner.of(acme.name());
    store.keep(
        owner,
        stored,
        TokenStore.Revision.UNKNOWN,
        Announcement.of(Announcement.Kind.RENEWED, owner));
    clock.advance(Duration.ofSeconds(15));

    assertThat(origin(replica.get(acme))).isEqualTo(ServedFrom.FETCHED);
  }

  @Test
  void twoReplicasAskedAtOnceFetchOnce() throws Exception {
    var other = new Replica("b", upstream, store, clock);
    var answered = upstream.hold();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var first = callers.submit(() -> replica.token(acme));
      await().until(() -> upstream.fetches() > 0);
      var second = callers.submit(() -> other.token(acme));
      answered.countDown();
      assertThat(second.get()).isEqualTo(first.get());
    }
    assertThat(upstream.fetches()).isOne();
  }

  @Test
  void aCallerWhoWouldTimeOutWaitingForAnotherReplicaFetches() throws Exception {
    var dead =
        Objects.requireNonNull(
            store.lookOrLease(TokenOwner.of(acme.name()), TokenStore.Revision.ABSENT).lease());
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting = callers.submit(() -> replica.token(acme));
      await().until(() -> !waiting.isDone() && leaseIsWaitedFor());
      clock.advance(Duration.ofSeconds(6));
      assertThat(waiting.get()).isNotNull();
    }
    assertThat(upstream.fetches()).isOne();
    dead.close();
  }

  @Test
  void aCallerThatWaitsNoLongerIsToldSoAndTheFetchGoesOn() {
    var answered = upstream.hold();
    assertThat(replica.tokenFor(acme, new Usable(), Duration.ofMillis(1)).join())
        .isInstanceOf(TimedOut.class);
    answered.countDown();
    await().until(() -> replica.nearby(acme, new Usable()) != null);
    assertThat(upstream.fetches()).isOne();
  }

  static Stream<FetchResult> failures() {
    return Stream.of(
        DOWN,
        new FetchResult.Failed(Outage.TIMEOUT),
        new FetchResult.Failed(InvalidResponse.NOT_JSON),
        new FetchResult.Failed(OAuthError.INVALID_CLIENT));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aLiveTokenIsServedWhateverTheUpstreamDoes(FetchResult failure) {
    var token = replica.token(acme);
    upstream.gives(failure);
    clock.advance(Duration.ofMinutes(59));
    replica.refreshAhead.tick();

    assertThat(replica.get(acme)).isEqualTo(new Issued(token, ServedFrom.NEARBY));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void afterAFailureTheUpstreamIsLeftAloneByAllReplicasUntilTheNextAttemptIsDue(
      FetchResult failure) {
    var other = new Replica("b", upstream, store, clock);
    upstream.gives(failure);
    var first = (NotIssued) replica.get(acme);
    assertThat(other.get(acme)).isInstanceOf(NotIssued.class);
    assertThat(upstream.fetches()).isOne();

    clock.advance(first.retryAfter());
    other.get(acme);
    assertThat(upstream.fetches()).isEqualTo(2);
  }

  @Test
  void afterATimeOutCallersAreToldThatTheUpstreamIsUnavailable() {
    upstream.gives(new FetchResult.Failed(Outage.TIMEOUT));
    assertThat(replica.get(acme)).isInstanceOf(TimedOut.class);
    assertThat(replica.get(acme)).isInstanceOf(Failed.class);
  }

  @Test
  void pausesDoubleUpToTheLongestAndASuccessEndsThem() {
    upstream.gives(DOWN);
    var longest = Duration.ZERO;
    for (var attempt = 0; attempt < 8; attempt++) {
      var pause = ((Failed) replica.get(acme)).retryAfter();
      assertThat(pause).isBetween(Duration.ofMillis(750), Duration.ofSeconds(30));
      longest = pause.compareTo(longest) > 0 ? pause : longest;
      clock.advance(pause);
    }
    assertThat(longest).isGreaterThan(Duration.ofSeconds(20));

    upstream.givesTokensFor(Duration.ofSeconds(10));
    assertThat(replica.get(acme)).isInstanceOf(Issued.class);
    upstream.gives(DOWN);
    clock.advance(Duration.ofSeconds(10));
    assertThat(((Failed) replica.get(acme)).retryAfter())
        .isLessThanOrEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void retryAfterOverridesThePause() {
    upstream.gives(new FetchResult.Failed(Outage.HTTP_429, Duration.ofSeconds(17)));
    assertThat(((Failed) replica.get(acme)).retryAfter()).isEqualTo(Duration.ofSeconds(17));
  }

  @Test
  void rejectedCredentialsAreTriedAgainAfterHalfAMinuteAndOthersAtOnce() {
    upstream.gives(new FetchResult.Failed(OAuthError.INVALID_CLIENT));
    replica.get(acme);
    clock.advance(Duration.ofSeconds(29));
    assertThat(replica.get(acme))
        .isInstanceOfSatisfying(
            Failed.class,
            result -> assertThat(result.cause()).isEqualTo(OAuthError.INVALID_CLIENT));
    assertThat(upstream.fetches()).isOne();

    upstream.givesTokensFor(Duration.ofHours(1));
    assertThat(replica.get(client("acme", "v2"))).isInstanceOf(Issued.class);
  }

  @Test
  void aClientWithoutCredentialsGetsWhatTheStoreHolds() {
    assertThat(replica.get(acme.with(null))).isInstanceOf(Failed.class);
    var token = replica.token(acme);
    var other = new Replica("b", upstream, store, clock);
    assertThat(other.get(acme.with(null))).isEqualTo(new Issued(token, ServedFrom.SHARED));
  }

  @Test
  void moreLifeThanTheTokenInHandHasIsFetchedFirst() {
    var first = replica.token(acme);
    clock.advance(Duration.ofMinutes(30));
    var result = minTtl(Duration.ofMinutes(40));

    assertThat(result.token()).isNotEqualTo(first);
    assertThat(result.warning()).isNull();
  }

  @Test
  void moreLifeThanAFreshTokenHasIsServedWithAWarningAndAskedForOnceInHalfAMinute() {
    replica.get(acme);
    assertThat(minTtl(Duration.ofHours(2)).warning()).isEqualTo(Warning.SHORT_OF_MIN_TTL);
    assertThat(minTtl(Duration.ofHours(2)).warning()).isEqualTo(Warning.SHORT_OF_MIN_TTL);
    assertThat(upstream.fetches()).isEqualTo(2);

    clock.advance(Duration.ofSeconds(30));
    assertThat(minTtl(Duration.ofHours(2)).warning()).isEqualTo(Warning.SHORT_OF_MIN_TTL);
    assertThat(upstream.fetches()).isEqualTo(3);
  }

  /** Only a fresh token with too short a lifetime shows that another fetch is useless. */
  @Test
  void aMetRequirementDoesNotKeepALargerOneFromAFreshToken() {
    assertThat(minTtl(Duration.ofMinutes(10)).warning()).isNull();
    clock.advance(Duration.ofSeconds(20));
    var result = minTtl(Duration.ofSeconds(3590));

    assertThat(result.warning()).isNull();
    assertThat(upstream.fetches()).isEqualTo(2);
  }

  @Test
  void aTokenThatTheUpstreamRepeatsToItsEndIsServedWithAWarningInItsSafetyWindow() {
    var token = replica.token(acme);
    upstream.answers(
        client ->
            new FetchResult.Fetched(
                upstream.token(token.value(), client, token.remaining(clock.clocks().now()))));
    clock.advance(Duration.ofMinutes(59));
    assertThat(
            ((Issued) replica.tokenFor(acme, new TokenRequirement.Renewed(), WAIT).join())
                .warning())
        .isNull();
    clock.advance(Duration.ofSeconds(35));
    var last = (Issued) replica.get(acme);

    assertThat(last.token().id()).isEqualTo(token.id());
    assertThat(last.warning()).isEqualTo(Warning.IN_SAFETY_WINDOW);
  }

  @Test
  void whereMoreLifeCannotBeHadTheLiveTokenIsServedWithAWarning() {
    var first = replica.token(acme);
    upstream.gives(DOWN);
    clock.advance(Duration.ofMinutes(30));

    assertThat(minTtl(Duration.ofMinutes(40)))
        .isEqualTo(new Issued(first, ServedFrom.NEARBY, Warning.SHORT_OF_MIN_TTL));
  }

  @Test
  void aReportedTokenIsReplacedAndNoReplicaServesItAgain() {
    var other = new Replica("b", upstream, store, clock);
    var dead = replica.token(acme);
    other.token(acme);
    var report = replica.invalidate(acme, dead.id(), WAIT);

    assertThat(report.replaced()).isTrue();
    assertThat(token(report.current())).isNotEqualTo(dead);
    assertThat(other.token(acme)).isEqualTo(token(report.current()));
  }

  @Test
  void aTokenThatWasReplacedAlreadyIsNotReplacedAgain() {
    var dead = replica.token(acme);
    var first = replica.invalidate(acme, dead.id(), WAIT);
    var second = replica.invalidate(acme, dead.id(), WAIT);

    assertThat(second)
        .isEqualTo(
            new Invalidation(new Issued(token(first.current()), ServedFrom.NEARBY), false, false));
    assertThat(upstream.fetches()).isEqualTo(2);
  }

  @Test
  void aHundredReportsOnTwoReplicasFetchOnceAndAllSeeItReplaced() throws Exception {
    var other = new Replica("b", upstream, store, clock);
    var dead = replica.token(acme);
    other.token(acme);
    var answered = upstream.hold();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var reports =
          Stream.of(replica, other)
              .flatMap(
                  one ->
                      Stream.generate(
                              () -> callers.submit(() -> one.invalidate(acme, dead.id(), WAIT)))
                          .limit(50))
              .toList();
      await().until(() -> upstream.fetches() == 2);
      answered.countDown();
      for (var report : reports) {
        assertThat(token(report.get().current())).isNotEqualTo(dead);
      }
    }
    assertThat(upstream.fetches()).isEqualTo(2);
  }

  @Test
  void forcedFetchesAreOneInHalfAMinute() {
    var first = replica.token(acme);
    var second = token(replica.invalidate(acme, first.id(), WAIT).current());
    assertThat(replica.invalidate(acme, second.id(), WAIT).current()).isInstanceOf(TooSoon.class);

    clock.advance(Duration.ofSeconds(30));
    assertThat(replica.invalidate(acme, second.id(), WAIT).replaced()).isTrue();
  }

  @Test
  void whereTheForcedFetchFailsTheCurrentTokenIsServedOn() {
    var token = replica.token(acme);
    upstream.gives(DOWN);

    assertThat(replica.invalidate(acme, token.id(), WAIT))
        .isEqualTo(new Invalidation(new Issued(token, ServedFrom.NEARBY), false, false));
  }

  @Test
  void aForcedFetchThatBringsTheSameTokenReplacesNothing() {
    var token = replica.token(acme);
    upstream.gives(new FetchResult.Fetched(token));

    var report = replica.invalidate(acme, token.id(), WAIT);
    assertThat(report.replaced()).isFalse();
    assertThat(token(report.current())).isEqualTo(token);
  }

  @Test
  void aReportWithNoLiveTokenLeftGetsTheUpstreamsError() {
    var token = replica.token(acme);
    upstream.gives(DOWN);
    clock.advance(Duration.ofHours(1));

    assertThat(replica.invalidate(acme, token.id(), WAIT).current()).isInstanceOf(Failed.class);
  }

  /** The user has revoked the consent. The report of the rejected token reveals it. */
  @Test
  void aTokenThatTheUpstreamRefusesTogetherWithItsRefreshTokenIsServedNoMore() {
    var owner = new TokenOwner(acme.name(), new ConnectionId("A".repeat(22)));
    var other = new Replica("b", upstream, store, clock);
    var dead = tokenOf(replica, owner);
    tokenOf(other, owner);
    upstream.gives(new FetchResult.Failed(Local.RECONNECT_REQUIRED));

    assertThat(replica.broker.invalidate(acme, owner, dead.id(), WAIT))
        .isInstanceOfSatisfying(
            Invalidation.class,
            report -> assertThat(cause(report.current())).isEqualTo(Local.RECONNECT_REQUIRED));
    assertThat(cause(replica.broker.tokenFor(acme, owner, new Usable(), WAIT).join()))
        .isEqualTo(Local.RECONNECT_REQUIRED);
    assertThat(other.broker.nearby(acme, owner, new Usable())).isNull();
    assertThat(store.look(owner).token()).isNull();
  }

  @Test
  void aClientThatFailsStillTellsWhenItLastGotAToken() {
    var gotAt = clock.instant();
    replica.token(acme);
    clock.advance(Duration.ofHours(1));
    upstream.gives(DOWN);
    replica.get(acme);

    assertThat(replica.broker.status(acme).token()).isNull();
    assertThat(replica.broker.status(acme).lastSuccess()).isEqualTo(gotAt);
    assertThat(replica.broker.status(acme).failedAt()).isEqualTo(clock.instant());
  }

  /** The other replica has just started, and may never have served a token. */
  @Test
  void aReplicaThatOnlyKnowsFailuresStillTellsWhenAnotherGotTheLastToken() {
    var gotAt = clock.instant();
    replica.token(acme);
    upstream.gives(DOWN);
    clock.advance(Duration.ofMinutes(60).minusSeconds(10)); // The token is still stored.
    replica.get(acme);
    var second = new Replica("b", upstream, store, clock);
    second.get(acme);
    assertThat(second.broker.status(acme).lastSuccess()).isEqualTo(gotAt);

    clock.advance(Duration.ofMinutes(5)); // Only the failure is still stored.
    replica.get(acme);
    var third = new Replica("c", upstream, store, clock);
    third.get(acme);
    var status = third.broker.status(acme);
    assertThat(status.lastSuccess()).isEqualTo(gotAt);
    assertThat(status.state()).isEqualTo(ClientStatus.State.FAILING);
  }

  @Test
  void newCredentialsThatAreRefusedLeaveTheClientAsItIs() {
    var token = replica.token(acme);
    upstream.gives(new FetchResult.Failed(OAuthError.INVALID_CLIENT));

    assertThat(replica.trial.prove(client("acme", "v2")))
        .isEqualTo(new ProofResult.Refused("invalid_client"));
    assertThat(replica.get(acme)).isEqualTo(new Issued(token, ServedFrom.NEARBY));
    assertThat(replica.trial.working(acme)).isTrue();
    assertThat(store.look(TokenOwner.of(acme.name())).failure()).isNull();
  }

  @Test
  void credentialsThatOneReplicaHasProvenAreNotFetchedWithAgain() {
    var other = new Replica("b", upstream, store, clock);
    replica.token(acme);
    assertThat(replica.trial.prove(client("acme", "v2"))).isInstanceOf(ProofResult.Proven.class);
    assertThat(other.trial.prove(client("acme", "v2"))).isInstanceOf(ProofResult.Proven.class);
    assertThat(upstream.fetches()).isEqualTo(2);
  }

  @Test
  void aForgottenClientLeavesNothingBehind() {
    replica.clients.replaceAll(List.of(new Entry(acme, null)));
    replica.token(acme);
    replica.clients.replaceAll(List.of());
    replica.broker.forget(TokenOwner.of(acme.name()));

    assertThat(store.look(TokenOwner.of(acme.name()))).isEqualTo(TokenStore.Stored.NOTHING);
    assertThat(replica.nearby(acme, new Usable())).isNull();
    assertThat(replica.registry.find("token_broker.runway").meters()).isEmpty();
  }

  @Test
  void noCallerIsToldToComeBackBeforeTheRenewalOrAfterTheEnd() {
    var token = replica.token(acme);
    var now = clock.clocks().now();
    for (var caller = 0; caller < 1000; caller++) {
      var comeBack = replica.freshness.refreshAt(token, "caller-" + caller, now);
      assertThat(Duration.between(now.wall(), comeBack))
          .isGreaterThanOrEqualTo(replica.freshness.refreshAge(token, TokenOwner.of(acme.name())))
          .isLessThan(replica.freshness.usableFor(token));
    }
  }

  private AccessToken tokenOf(Replica of, TokenOwner owner) {
    return token(of.broker.tokenFor(acme, owner, new Usable(), WAIT).join());
  }

  private boolean leaseIsWaitedFor() {
    return store.lookOrLease(TokenOwner.of(acme.name()), TokenStore.Revision.ABSENT).lease() == null
        && upstream.fetches() == 0;
  }

  private Issued minTtl(Duration minTtl) {
    return (Issued) replica.tokenFor(acme, new MinTtl(minTtl), WAIT).join();
  }

  private Future<TokenResult> submit(
      Function<Callable<TokenResult>, Future<TokenResult>> to, Client client) {
    return to.apply(() -> replica.get(client));
  }

  private static ServedFrom origin(TokenResult result) {
    return ((Issued) result).servedFrom();
  }

  private static AccessToken token(TokenResult result) {
    return ((Issued) result).token();
  }

  private static FailureCause cause(TokenResult result) {
    return ((Failed) result).cause();
  }
}
