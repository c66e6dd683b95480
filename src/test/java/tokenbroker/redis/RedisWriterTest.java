package tokenbroker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.clients.ClientName;
import tokenbroker.seal.KeyRing;
import tokenbroker.seal.KeyedHash;
import tokenbroker.seal.Seal;
import tokenbroker.testing.Heartbeats;
import tokenbroker.testing.SettableClock;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.Announcement;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.Lifespan;
import tokenbroker.tokens.Provenance;
import tokenbroker.tokens.TokenId;
import tokenbroker.tokens.TokenOwner;
import tokenbroker.tokens.TokenStore.GrantStatus;
import tokenbroker.tokens.TokenStore.Revision;
import tokenbroker.tokens.UpstreamFailure;

/**
 * Proves that somebody who can write to Redis can make the broker fetch more often, but cannot stop
 * it from serving.
 */
class RedisWriterTest {

  private static final AtomicInteger SERIAL = new AtomicInteger();
  private static final String TEN_YEARS = "315360000000";
  private static final String FOR_EVER = "9000000000000000000";
  private static final Duration PAUSE = Duration.ofSeconds(10);
  private static final Duration PERIOD = Duration.ofSeconds(30);

  @RegisterExtension private static final ConnectedRedis REDIS = new ConnectedRedis();
  private static final RedisCommands commands = REDIS.commands();

  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-23T12:00:00Z"));
  private final KeyRing ring = KeyRing.random();
  private final Replica one = new Replica();
  private final Replica two = new Replica();
  private final TokenOwner owner =
      TokenOwner.of(new ClientName("acme-" + SERIAL.incrementAndGet()));
  private final RedisKeys keys = RedisKeys.of(owner);

  @ParameterizedTest
  @ValueSource(strings = {"80000", TEN_YEARS, FOR_EVER})
  void aFailureThatLastsLongerThanItCanIsAbsent(String lifetime) {
    one.store.remember(owner, failure());
    assertThat(one.store.look(owner).failure()).isNotNull();
    commands.run(Command.PEXPIRE, keys.failure(), lifetime);

    assertThat(one.store.look(owner).failure()).isNull();
    assertThat(one.openFailures()).isOne();
  }

  @Test
  void aFailureWithoutEndIsAbsent() {
    one.store.remember(owner, failure());
    commands.run(Command.PERSIST, keys.failure());

    assertThat(one.store.look(owner).failure()).isNull();
  }

  @Test
  void aFailureThatIsStoredAgainSilencesNobodyBeyondTheToleranceOfClocks() {
    one.store.remember(owner, failure());
    var genuine = text(commands.run(Command.GET, keys.failure()));
    clock.advance(Duration.ofSeconds(125));
    commands.run(Command.SET, keys.failure(), genuine, "PX", "70000");
    var replayed = Objects.requireNonNull(two.store.look(owner).failure());
    assertThat(clock.clocks().moment().until(replayed.retryAt()))
        .isLessThanOrEqualTo(Duration.ofSeconds(5));

    clock.advance(Duration.ofSeconds(66));
    assertThat(two.store.look(owner).failure()).isNull();
    assertThat(two.openFailures()).isOne();
  }

  @Test
  void aFailureOfTheFutureIsAbsent() {
    one.store.remember(owner, failure());
    clock.step(Duration.ofMinutes(-3));

    assertThat(one.store.look(owner).failure()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {TEN_YEARS, FOR_EVER})
  void aTokenThatLastsLongerThanItCanIsAbsent(String lifetime) {
    keep(one, "one");
    commands.run(Command.PEXPIRE, keys.token(), lifetime);

    assertThat(one.store.look(owner).token()).isNull();
    assertThat(one.openFailures()).isOne();
  }

  @ParameterizedTest
  @CsvSource({"SET,x", "LPUSH,x", "SADD,x"})
  void aForcedFetchThatNobodyClaimedHoldsNobodyUp(String type, String value) {
    commands.run(Command.create(type), keys.forced(), value);
    assertThat(one.store.claimForcedFetch(owner, PERIOD)).isEmpty();
    assertThat(one.openFailures()).isOne();

    assertThat(two.store.claimForcedFetch(owner, PERIOD))
        .hasValueSatisfying(left -> assertThat(left).isBetween(Duration.ofMillis(1), PERIOD));
  }

  @ParameterizedTest
  @ValueSource(strings = {"31000", TEN_YEARS, FOR_EVER})
  void aClaimThatLastsLongerThanItCanIsAbsent(String lifetime) {
    one.store.claimForcedFetch(owner, PERIOD);
    commands.run(Command.PEXPIRE, keys.forced(), lifetime);

    assertThat(two.store.claimForcedFetch(owner, PERIOD)).isEmpty();
    assertThat(two.openFailures()).isOne();
  }

  @Test
  void aClaimThatIsStoredAgainHoldsNobodyUpForLong() {
    one.store.claimForcedFetch(owner, PERIOD);
    var genuine = text(commands.run(Command.GET, keys.forced()));
    clock.advance(Duration.ofSeconds(151));
    commands.run(Command.SET, keys.forced(), genuine, "PX", "30000");

    assertThat(two.store.claimForcedFetch(owner, PERIOD)).isEmpty();
  }

  @Test
  void aLeaseThatLastsLongerThanItCanIsAbsent() {
    commands.run(Command.SET, keys.lease(), "x");
    Objects.requireNonNull(one.store.lookOrLease(owner, Revision.ABSENT).lease()).close();
    await().until(() -> commands.run(Command.GET, keys.lease()) == null);
    commands.run(Command.SET, keys.lease(), "x", "PX", TEN_YEARS);
    Objects.requireNonNull(one.store.lookOrLease(owner, Revision.ABSENT).lease()).close();
    await().until(() -> commands.run(Command.GET, keys.lease()) == null);
    commands.run(Command.LPUSH, keys.lease(), "x");
    Objects.requireNonNull(one.store.lookOrLease(owner, Revision.ABSENT).lease()).close();

    assertThat(one.openFailures()).isEqualTo(3);
  }

  @Test
  void aHugeValueIsNeitherReadNorSent() {
    for (var key : new String[] {keys.token(), keys.failure(), keys.forced()}) {
      assertThat(REDIS.server().command("SETRANGE " + key + " 20000000 x")).isEqualTo(":20000001");
    }
    var before = REDIS.server().info("stats", "total_net_output_bytes");
    var stored = one.store.look(owner);

    assertThat(stored.token()).isNull();
    assertThat(stored.failure()).isNull();
    assertThat(one.store.claimForcedFetch(owner, PERIOD)).isEmpty();
    assertThat(one.openFailures()).isEqualTo(3);
    assertThat(REDIS.server().info("stats", "total_net_output_bytes") - before).isLessThan(100_000);
    assertThat(one.store.keep(owner, token("one"), stored.revision(), renewed())).isTrue();
  }

  @Test
  void bytesThatAreNoTextAreAMiss() {
    for (var key : new String[] {keys.token(), keys.failure(), keys.forced(), keys.lease()}) {
      assertThat(REDIS.server().command("SET " + key + " \"\\xff\\xfe\\x00\\r\\n\" PX 4000"))
          .isEqualTo("+OK");
    }
    var stored = one.store.look(owner);
    assertThat(stored.token()).isNull();
    assertThat(stored.failure()).isNull();
    assertThat(one.store.claimForcedFetch(owner, PERIOD)).isEmpty();
    assertThat(one.openFailures()).isEqualTo(3);
  }

  @Test
  void aConnectionOfAnotherTypeIsNoConnection() {
    var id = new ConnectionId("A".repeat(22));
    commands.run(Command.SET, RedisKeys.connection(owner.client(), id), "x");
    var connected = new TokenOwner(owner.client(), id);

    assertThat(one.store.look(connected).grant()).isEqualTo(GrantStatus.GONE);
  }

  @Test
  void aReplicaThatHasReadANewerTokenIgnoresAnOlderOne() {
    keep(one, "older");
    var older = text(commands.run(Command.GET, keys.token()));
    keep(one, "newer");
    assertThat(value(two)).isEqualTo("newer");
    commands.run(Command.SET, keys.token(), older, "PX", "3600000");

    assertThat(value(one)).isEqualTo("nothing");
    assertThat(value(two)).isEqualTo("nothing");
    assertThat(two.openFailures()).isOne();
    assertThat(value(new Replica())).as("a replica that has read neither value").isEqualTo("older");

    var rolledBack = two.store.look(owner).revision();
    assertThat(two.store.keep(owner, token("newest"), rolledBack, renewed())).isTrue();
    assertThat(value(one)).isEqualTo("newest");
  }

  /** The order of tokens does not depend on clocks. */
  @Test
  void aReplicaWhoseClockIsBehindReplacesATokenForAll() {
    keep(one, "one");
    clock.step(Duration.ofMinutes(-1));
    keep(two, "two");
    assertThat(value(one)).isEqualTo("two");
  }

  @Test
  void foreignMessagesOnTheChannelAreIgnored() {
    var heard = new AtomicInteger();
    one.store.onAnnouncement(news -> heard.incrementAndGet());
    try (var beats = Heartbeats.of(one.announcements::beat)) {
      await().until(() -> one.store.hearingSince().isPresent());
      for (var text : new String[] {"\"\\xff\\xfe\\x00\"", "\"renewed \\xff\"", "x".repeat(9000)}) {
        assertThat(REDIS.server().command("PUBLISH " + RedisKeys.ANNOUNCEMENTS + " " + text))
            .isEqualTo(":1");
      }
      commands.run(Command.PUBLISH, RedisKeys.ANNOUNCEMENTS, Announcements.text(renewed()));
      await().until(() -> heard.get() > 0);

      assertThat(heard).hasValue(1);
      assertThat(one.store.hearingSince()).isPresent();
      assertThat(beats).isNotNull();
    }
    one.announcements.end();
  }

  private void keep(Replica replica, String value) {
    var seen = replica.store.look(owner).revision();
    assertThat(replica.store.keep(owner, token(value), seen, renewed())).isTrue();
  }

  private String value(Replica replica) {
    var token = replica.store.look(owner).token();
    return token == null ? "nothing" : token.value();
  }

  private AccessToken token(String value) {
    return new AccessToken(
        value,
        null,
        null,
        null,
        TokenId.of(value, new KeyedHash(new byte[32])),
        Lifespan.from(clock.clocks().now(), Duration.ofHours(1)),
        provenance());
  }

  private UpstreamFailure failure() {
    var now = clock.clocks().moment();
    return new UpstreamFailure(
        OAuthError.INVALID_CLIENT, null, 1, now, now.plus(PAUSE), provenance());
  }

  private static Provenance provenance() {
    return new Provenance("https://upstream.test", "id", null, "v1");
  }

  private Announcement renewed() {
    return Announcement.of(Announcement.Kind.RENEWED, owner);
  }

  private static String text(@Nullable Object response) {
    return Objects.requireNonNull(response).toString();
  }

  /** The Redis stores of one replica. */
  private final class Replica {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Announcements announcements = new Announcements(commands, Ticker.system());
    private final RedisTokenStore store =
        new RedisTokenStore(commands, announcements, new Seal(ring), registry, clock.clocks());

    int openFailures() {
      return (int) registry.counter("token_broker.store.open.failures").count();
    }
  }
}
