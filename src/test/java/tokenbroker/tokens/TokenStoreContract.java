package tokenbroker.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tokenbroker.clients.ClientName;
import tokenbroker.seal.KeyedHash;
import tokenbroker.tokens.TokenStore.Revision;
import tokenbroker.tokens.TokenStore.Stored;

/** What every store promises. */
public abstract class TokenStoreContract {

  private static final AtomicInteger SERIAL = new AtomicInteger();
  private static final KeyedHash HASH = new KeyedHash(new byte[32]);

  private final ClientName client = new ClientName("client-" + SERIAL.incrementAndGet());

  protected abstract TokenStore store();

  /** As another replica has it; the same store where nothing is shared. */
  protected abstract TokenStore otherReplica();

  @Test
  void whatWasNeverKeptIsAbsent() {
    assertThat(store().look(client)).isEqualTo(Stored.NOTHING);
  }

  @Test
  void aKeptTokenIsFoundByEveryReplica() {
    var token = token("one", Duration.ofHours(1));
    assertThat(store().keep(client, token, Revision.ABSENT)).isTrue();

    assertSame(otherReplica().look(client).token(), token);
  }

  @Test
  void everyFieldSurvives() {
    var now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    var token =
        new AccessToken(
            "value",
            "user",
            "id",
            "mail@example.test",
            TokenId.of("value", HASH),
            now,
            now.plusSeconds(60),
            "v7",
            true);
    store().keep(client, token, Revision.ABSENT);

    var found = store().look(client).token();
    assertSame(found, token);
    Assertions.assertThat(found)
        .usingRecursiveComparison()
        .ignoringFields("requestedAt", "expiresAt")
        .isEqualTo(token);
  }

  @Test
  void aTokenEndsByItself() {
    store().keep(client, token("short", Duration.ofMillis(200)), Revision.ABSENT);
    await().until(() -> store().look(client).token() == null);
  }

  @Test
  void aLateWriterOverwritesNothingThatItHasNotSeen() {
    var seen = store().look(client).revision();
    store().keep(client, token("newer", Duration.ofHours(1)), seen);

    assertThat(otherReplica().keep(client, token("late", Duration.ofHours(1)), seen)).isFalse();
    assertThat(value(store().look(client))).isEqualTo("newer");
  }

  @Test
  void whoSawTheStoredTokenMayReplaceIt() {
    store().keep(client, token("one", Duration.ofHours(1)), Revision.ABSENT);
    var seen = otherReplica().look(client).revision();

    assertThat(otherReplica().keep(client, token("two", Duration.ofHours(1)), seen)).isTrue();
    assertThat(value(store().look(client))).isEqualTo("two");
  }

  @Test
  void whoCouldNotLookOverwrites() {
    store().keep(client, token("one", Duration.ofHours(1)), Revision.ABSENT);
    assertThat(store().keep(client, token("two", Duration.ofHours(1)), Revision.UNKNOWN)).isTrue();
    assertThat(value(store().look(client))).isEqualTo("two");
  }

  @Test
  void aFailureIsRememberedPastTheNextAttemptAndForgottenWithTheNextToken() {
    store().remember(client, failure(Duration.ofMillis(50)));
    var known = Objects.requireNonNull(otherReplica().look(client).failure());
    assertThat(known.attempts()).isEqualTo(3);
    assertThat(known.error()).isEqualTo(OAuthError.INVALID_CLIENT);
    assertThat(known.kind()).isEqualTo(UpstreamFailure.Kind.REJECTED);
    assertThat(known.reason()).isEqualTo("invalid_client");
    assertThat(known.credentialsVersion()).isEqualTo("v1");
    await().until(() -> Instant.now().isAfter(known.retryAt().plusMillis(50)));
    assertThat(store().look(client).failure()).isNotNull();

    store().keep(client, token("one", Duration.ofHours(1)), store().look(client).revision());
    assertThat(store().look(client).failure()).isNull();
  }

  @Test
  void aLeaseHasOneHolder() {
    var lease = store().tryLease(client).orElseThrow();
    assertThat(otherReplica().tryLease(client)).isEmpty();
    assertThat(otherReplica().tryLease(new ClientName("another-client")))
        .hasValueSatisfying(Lease::close);
    lease.close();
    assertThat(otherReplica().tryLease(client)).hasValueSatisfying(Lease::close);
  }

  @Test
  void aLateHolderDoesNotFreeTheNextOnesLease() {
    var late = store().tryLease(client).orElseThrow();
    late.close();
    var next = otherReplica().tryLease(client).orElseThrow();
    late.close();

    assertThat(store().tryLease(client)).isEmpty();
    next.close();
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
    store().keep(client, token("one", Duration.ofHours(1)), Revision.ABSENT);
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
    var renewed = Announcement.of(Announcement.Kind.RENEWED, client);
    var replaced = new Announcement(Announcement.Kind.REPLACED, client, TokenId.of("dead", HASH));
    otherReplica().announce(renewed);
    otherReplica().announce(replaced);

    await().until(() -> heard.contains(renewed) && heard.contains(replaced));
  }

  protected static AccessToken token(String value, Duration lifetime) {
    var now = Clock.systemUTC().instant();
    return new AccessToken(
        value, null, null, null, TokenId.of(value, HASH), now, now.plus(lifetime), "v1", false);
  }

  private static UpstreamFailure failure(Duration pause) {
    var now = Clock.systemUTC().instant();
    return new UpstreamFailure(
        UpstreamFailure.Kind.REJECTED,
        OAuthError.INVALID_CLIENT,
        "invalid_client",
        3,
        now,
        now.plus(pause),
        "v1");
  }

  private static String value(Stored stored) {
    var token = stored.token();
    return token == null ? "nothing" : token.value();
  }

  /** Equal but for what travels as time left. */
  private static void assertSame(@Nullable AccessToken stored, AccessToken kept) {
    var found = Objects.requireNonNull(stored);
    assertThat(found.value()).isEqualTo(kept.value());
    assertThat(found.id()).isEqualTo(kept.id());
    assertThat(found.lifetime().toMillis()).isEqualTo(kept.lifetime().toMillis());
    assertThat(Duration.between(found.expiresAt(), kept.expiresAt()).abs())
        .isLessThan(Duration.ofSeconds(5));
  }
}
