package tokenbroker.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tokenbroker.clients.ClientName;
import tokenbroker.seal.KeyedHash;
import tokenbroker.time.Clocks;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.TokenStore.Revision;
import tokenbroker.tokens.TokenStore.Stored;

/** The contract of every token store. */
public abstract class TokenStoreContract {

  private static final AtomicInteger SERIAL = new AtomicInteger();
  private static final KeyedHash HASH = new KeyedHash(new byte[32]);
  private static final Clocks CLOCKS = new Clocks(Clock.systemUTC(), Ticker.system());
  private static final Provenance PROVENANCE =
      new Provenance("https://upstream.test", "id", null, "v1");

  private final TokenOwner client =
      TokenOwner.of(new ClientName("client-" + SERIAL.incrementAndGet()));

  protected abstract TokenStore store();

  /** Returns the store as another replica sees it; the same store if it is not shared. */
  protected abstract TokenStore otherReplica();

  @Test
  void whatWasNeverKeptIsAbsent() {
    assertThat(store().look(client)).isEqualTo(Stored.NOTHING);
  }

  @Test
  void aKeptTokenIsFoundByEveryReplica() {
    var token = token("one", Duration.ofHours(1));
    assertThat(store().keep(client, token, Revision.ABSENT, renewed())).isTrue();

    assertSame(otherReplica().look(client).token(), token);
  }

  @Test
  void everyFieldSurvives() {
    var token =
        new AccessToken(
            "value",
            "user",
            "id",
            "mail@example.test",
            TokenId.of("value", HASH),
            Lifespan.from(CLOCKS.now(), Duration.ofSeconds(60)),
            Duration.ofHours(1),
            new Provenance("https://upstream.test", "id", "scope", "v7"),
            true);
    store().keep(client, token, Revision.ABSENT, renewed());

    var found = store().look(client).token();
    assertSame(found, token);
    Assertions.assertThat(found).usingRecursiveComparison().ignoringFields("life").isEqualTo(token);
  }

  @Test
  void aTokenEndsByItself() {
    store().keep(client, token("short", Duration.ofMillis(200)), Revision.ABSENT, renewed());
    await().until(() -> store().look(client).token() == null);
  }

  @Test
  void aLateWriterOverwritesNothingThatItHasNotSeen() {
    var seen = store().look(client).revision();
    store().keep(client, token("newer", Duration.ofHours(1)), seen, renewed());

    assertThat(otherReplica().keep(client, token("late", Duration.ofHours(1)), seen, renewed()))
        .isFalse();
    assertThat(value(store().look(client))).isEqualTo("newer");
  }

  /** The token that the fetch read before it started has expired. */
  @Test
  void aTokenIsStoredIfTheFormerOneHasExpired() {
    store().keep(client, token("short", Duration.ofMillis(200)), Revision.ABSENT, renewed());
    var seen = store().look(client).revision();
    await().until(() -> store().look(client).token() == null);

    assertThat(store().keep(client, token("fresh", Duration.ofHours(1)), seen, renewed())).isTrue();
    assertThat(value(otherReplica().look(client))).isEqualTo("fresh");
  }

  @Test
  void aRestoredTokenLeavesTheFailureInPlace() {
    store().remember(client, failure(Duration.ofSeconds(10)));
    assertThat(store().restore(client, token("one", Duration.ofHours(1)), Revision.ABSENT))
        .isTrue();

    assertThat(otherReplica().look(client).failure()).isNotNull();
    assertThat(value(otherReplica().look(client))).isEqualTo("one");
    assertThat(store().restore(client, token("late", Duration.ofHours(1)), Revision.ABSENT))
        .isFalse();
  }

  @Test
  void aDroppedTokenIsGoneAndEveryReplicaHearsOfIt() {
    var heard = new CopyOnWriteArrayList<Announcement>();
    store().onAnnouncement(heard::add);
    await().until(() -> store().hearingSince().isPresent());
    store().keep(client, token("one", Duration.ofHours(1)), Revision.ABSENT, renewed());
    otherReplica().drop(client);

    assertThat(store().look(client)).isEqualTo(Stored.NOTHING);
    await().until(() -> heard.contains(Announcement.of(Announcement.Kind.REMOVED, client)));
  }

  @Test
  void aTokenIsNotRestoredIfWhatWasSeenHasBeenDropped() {
    store().keep(client, token("one", Duration.ofHours(1)), Revision.ABSENT, renewed());
    var seen = store().look(client).revision();
    otherReplica().drop(client);

    assertThat(store().restore(client, token("newer", Duration.ofHours(1)), seen)).isFalse();
    assertThat(store().look(client)).isEqualTo(Stored.NOTHING);
  }

  @Test
  void aReplicaThatHasReadTheStoredTokenMayReplaceIt() {
    store().keep(client, token("one", Duration.ofHours(1)), Revision.ABSENT, renewed());
    var seen = otherReplica().look(client).revision();

    assertThat(otherReplica().keep(client, token("two", Duration.ofHours(1)), seen, renewed()))
        .isTrue();
    assertThat(value(store().look(client))).isEqualTo("two");
  }

  @Test
  void aReplicaThatCouldNotReadTheStoreOverwritesTheToken() {
    store().keep(client, token("one", Duration.ofHours(1)), Revision.ABSENT, renewed());
    assertThat(store().keep(client, token("two", Duration.ofHours(1)), Revision.UNKNOWN, renewed()))
        .isTrue();
    assertThat(value(store().look(client))).isEqualTo("two");
  }

  @Test
  void aFailureIsRememberedPastTheNextAttemptAndForgottenWithTheNextToken() {
    store().remember(client, failure(Duration.ofMillis(50)));
    var known = Objects.requireNonNull(otherReplica().look(client).failure());
    assertThat(known.attempts()).isEqualTo(3);
    assertThat(known.cause()).isEqualTo(OAuthError.INVALID_CLIENT);
    assertThat(known.provenance()).isEqualTo(PROVENANCE);
    await().until(() -> known.retryAt().isBefore(CLOCKS.moment()));
    assertThat(store().look(client).failure()).isNotNull();

    store()
        .keep(
            client, token("one", Duration.ofHours(1)), store().look(client).revision(), renewed());
    assertThat(store().look(client).failure()).isNull();
  }

  @Test
  void aLeaseHasOneHolder() {
    var lease = lease(store());
    assertThat(otherReplica().lookOrLease(client, Revision.ABSENT).lease()).isNull();
    var another =
        otherReplica()
            .lookOrLease(TokenOwner.of(new ClientName("another-client")), Revision.ABSENT);
    Objects.requireNonNull(another.lease()).close();
    lease.close();
    lease(otherReplica()).close();
  }

  @Test
  void aLateHolderDoesNotFreeTheNextOnesLease() {
    var late = lease(store());
    late.close();
    var next = lease(otherReplica());
    late.close();

    assertThat(store().lookOrLease(client, Revision.ABSENT).lease()).isNull();
    next.close();
  }

  @Test
  void theLeaseIsTakenOnlyWhereNothingHasChangedSinceItWasSeen() {
    store().keep(client, token("one", Duration.ofHours(1)), Revision.ABSENT, renewed());
    var looked = otherReplica().lookOrLease(client, Revision.ABSENT);
    assertThat(looked.lease()).isNull();
    assertThat(value(looked.stored())).isEqualTo("one");

    store().remember(client, failure(Duration.ofSeconds(10)));
    var again = otherReplica().lookOrLease(client, looked.stored().revision());
    assertThat(again.lease()).isNull();
    assertThat(again.stored().failure()).isNotNull();

    var unchanged = otherReplica().lookOrLease(client, again.stored().revision());
    Objects.requireNonNull(unchanged.lease()).close();
  }

  @Test
  void aReplicaThatCouldNotReadTheStoreMayAcquireTheLease() {
    store().keep(client, token("one", Duration.ofHours(1)), Revision.ABSENT, renewed());
    var looked = store().lookOrLease(client, Revision.UNKNOWN);
    Objects.requireNonNull(looked.lease()).close();
  }

  @Test
  void oneForcedFetchIsClaimedInAPeriod() {
    assertThat(store().claimForcedFetch(client, Duration.ofMillis(300))).isEmpty();
    assertThat(otherReplica().claimForcedFetch(client, Duration.ofMillis(300)))
        .hasValueSatisfying(
            left -> assertThat(left).isBetween(Duration.ZERO, Duration.ofMillis(300)));
    await().until(() -> store().claimForcedFetch(client, Duration.ofMinutes(1)).isEmpty());
  }

  @Test
  void aForgottenClientIsAbsent() {
    store().keep(client, token("one", Duration.ofHours(1)), Revision.ABSENT, renewed());
    store().remember(client, failure(Duration.ofSeconds(10)));
    store().claimForcedFetch(client, Duration.ofMinutes(1));
    otherReplica().forget(client);

    assertThat(store().look(client)).isEqualTo(Stored.NOTHING);
    assertThat(store().claimForcedFetch(client, Duration.ofMinutes(1))).isEmpty();
  }

  @Test
  void announcementsAreHeardByEveryReplica() {
    var heard = new CopyOnWriteArrayList<Announcement>();
    store().onAnnouncement(heard::add);
    await().until(() -> store().hearingSince().isPresent());
    var replaced = new Announcement(Announcement.Kind.REPLACED, client, TokenId.of("dead", HASH));
    var failed = Announcement.of(Announcement.Kind.FAILED, client);
    var token = token("one", Duration.ofHours(1));
    otherReplica().keep(client, token, Revision.ABSENT, renewed());
    otherReplica().keep(client, token, Revision.UNKNOWN, replaced);
    otherReplica().remember(client, failure(Duration.ofSeconds(1)));

    await().until(() -> heard.containsAll(List.of(renewed(), replaced, failed)));
  }

  /** Waits for the lease, because the former one may still be in release. */
  private Lease lease(TokenStore store) {
    return await()
        .until(() -> store.lookOrLease(client, Revision.ABSENT).lease(), Objects::nonNull);
  }

  private Announcement renewed() {
    return Announcement.of(Announcement.Kind.RENEWED, client);
  }

  protected static AccessToken token(String value, Duration lifetime) {
    return new AccessToken(
        value,
        null,
        null,
        null,
        TokenId.of(value, HASH),
        Lifespan.from(CLOCKS.now(), lifetime),
        PROVENANCE);
  }

  private static UpstreamFailure failure(Duration pause) {
    var now = CLOCKS.moment();
    return new UpstreamFailure(
        OAuthError.INVALID_CLIENT,
        "tm.example responded with status 400",
        3,
        now,
        now.plus(pause),
        PROVENANCE);
  }

  private static String value(Stored stored) {
    var token = stored.token();
    return token == null ? "nothing" : token.value();
  }

  /**
   * Compares the tokens. The remaining lifetime may differ, because it is transferred as a
   * duration.
   */
  private static void assertSame(@Nullable AccessToken stored, AccessToken kept) {
    var found = Objects.requireNonNull(stored);
    assertThat(found.value()).isEqualTo(kept.value());
    assertThat(found.id()).isEqualTo(kept.id());
    assertThat(found.lifetime().toMillis()).isEqualTo(kept.lifetime().toMillis());
    var now = CLOCKS.now();
    assertThat(found.remaining(now).minus(kept.remaining(now)).abs())
        .isLessThan(Duration.ofSeconds(5));
  }
}
