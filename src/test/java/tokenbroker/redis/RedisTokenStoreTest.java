package tokenbroker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.clients.ClientName;
import tokenbroker.seal.KeyRing;
import tokenbroker.seal.Seal;
import tokenbroker.time.Clocks;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.Announcement;
import tokenbroker.tokens.StoreUnavailable;
import tokenbroker.tokens.TokenOwner;
import tokenbroker.tokens.TokenStore;
import tokenbroker.tokens.TokenStore.Revision;
import tokenbroker.tokens.TokenStoreContract;

class RedisTokenStoreTest extends TokenStoreContract {

  private static final TokenOwner ACME = TokenOwner.of(new ClientName("acme"));
  private static final Announcement RENEWED = Announcement.of(Announcement.Kind.RENEWED, ACME);
  private static final String TOKEN_KEY = "token-broker:{acme}:token";

  @RegisterExtension private static final ConnectedRedis REDIS = new ConnectedRedis();
  private static final RedisCommands commands = REDIS.commands();

  private final KeyRing ring = KeyRing.random();
  private final Replica one = new Replica(ring, Clock.systemUTC());
  private final Replica two = new Replica(ring, Clock.systemUTC());
  private Thread heartbeat;

  @BeforeEach
  void start() {
    commands.run(Command.FLUSHALL);
    heartbeat =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    one.announcements.beat();
                    LockSupport.parkNanos(100_000_000);
                  }
                });
  }

  @AfterEach
  void end() throws InterruptedException {
    heartbeat.interrupt();
    heartbeat.join();
    one.announcements.end();
  }

  @Override
  protected TokenStore store() {
    return one.store;
  }

  @Override
  protected TokenStore otherReplica() {
    return two.store;
  }

  @Test
  void nothingInRedisCanBeRead() {
    one.store.keep(
        ACME, token("eyJ-the-token-itself", Duration.ofHours(1)), Revision.ABSENT, RENEWED);
    var value = text(commands.run(Command.GET, TOKEN_KEY));

    assertThat(value)
        .startsWith("v1." + ring.primaryId() + ".")
        .doesNotContain("eyJ-the-token-itself");
    assertThat(Long.parseLong(text(commands.run(Command.PTTL, TOKEN_KEY))))
        .isBetween(3_500_000L, 3_600_000L);
  }

  @Test
  void aValueMovedToAnotherClientDoesNotOpenThere() {
    one.store.keep(ACME, token("one", Duration.ofHours(1)), Revision.ABSENT, RENEWED);
    commands.run(
        Command.SET,
        "token-broker:{other}:token",
        text(commands.run(Command.GET, TOKEN_KEY)),
        "PX",
        "60000");

    assertThat(one.store.look(TokenOwner.of(new ClientName("other"))).token()).isNull();
    assertThat(one.openFailures()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello",
        "v1",
        "v1.",
        "v1.random",
        "v1.random.",
        "v1.random.AAAA",
        "v1.random.not*base64",
        "v1.other.AAAA",
        "v2.random.AAAA",
        "..",
        "foreign"
      })
  void aForeignValueIsAMissThatIsCountedAndOverwritten(String value) {
    commands.run(Command.SET, TOKEN_KEY, value, "PX", "60000");
    var stored = one.store.look(ACME);

    assertThat(stored.token()).isNull();
    assertThat(one.openFailures()).isEqualTo(1);
    assertThat(one.store.keep(ACME, token("one", Duration.ofHours(1)), stored.revision(), RENEWED))
        .isTrue();
    assertThat(one.store.look(ACME).token()).isNotNull();
  }

  @Test
  void aKeyOfAnotherTypeIsAMissThatIsOverwritten() {
    commands.run(Command.LPUSH, TOKEN_KEY, "x");
    var stored = one.store.look(ACME);

    assertThat(stored.token()).isNull();
    assertThat(one.store.keep(ACME, token("one", Duration.ofHours(1)), stored.revision(), RENEWED))
        .isTrue();
  }

  @Test
  void aCorruptedValueIsAMiss() {
    one.store.keep(ACME, token("one", Duration.ofHours(1)), Revision.ABSENT, RENEWED);
    var value = text(commands.run(Command.GET, TOKEN_KEY));
    commands.run(
        Command.SET, TOKEN_KEY, value.substring(0, value.length() - 4) + "AAAA", "PX", "60000");

    assertThat(one.store.look(ACME).token()).isNull();
  }

  @Test
  void writingToRedisCannotProlongATokensLife() {
    one.store.keep(ACME, token("one", Duration.ofSeconds(60)), Revision.ABSENT, RENEWED);
    commands.run(Command.PEXPIRE, TOKEN_KEY, "3600000");
    assertThat(one.store.look(ACME).token()).isNull();
    commands.run(Command.PERSIST, TOKEN_KEY);
    assertThat(one.store.look(ACME).token()).isNull();
  }

  @Test
  void keysRotateWithoutAMiss() {
    var older = KeyRing.random().primary();
    var newer = KeyRing.random().primary();
    var before = new Replica(new KeyRing("a", Map.of("a", older)), Clock.systemUTC());
    before.store.keep(ACME, token("one", Duration.ofHours(1)), Revision.ABSENT, RENEWED);
    before.seal.use(new KeyRing("b", new TreeMap<>(Map.of("a", older, "b", newer))));

    assertThat(before.store.look(ACME).token()).isNotNull();
    before.store.keep(ACME, token("two", Duration.ofHours(1)), Revision.UNKNOWN, RENEWED);
    assertThat(text(commands.run(Command.GET, TOKEN_KEY))).startsWith("v1.b.");
    assertThat(
            new Replica(new KeyRing("a", Map.of("a", older)), Clock.systemUTC())
                .store
                .look(ACME)
                .token())
        .isNull();
  }

  @Test
  void replicasWhoseClocksDifferAgreeOnTheLifeThatIsLeft() {
    one.store.keep(ACME, token("one", Duration.ofMinutes(10)), Revision.ABSENT, RENEWED);
    for (var off : new long[] {-60, 60}) {
      var clock = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(off));
      var token = Objects.requireNonNull(new Replica(ring, clock).store.look(ACME).token());
      assertThat(token.remaining(new Clocks(clock, Ticker.system()).now()))
          .isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
      assertThat(token.lifetime()).isEqualTo(Duration.ofMinutes(10));
    }
  }

  @Test
  void aLeaseEndsByItselfWhenItsHolderIsGone() {
    one.store.lookOrLease(ACME, Revision.ABSENT);
    assertThat(Long.parseLong(text(commands.run(Command.PTTL, "token-broker:{acme}:lease"))))
        .isBetween(1L, 5_000L);
  }

  @Test
  void aSilentSubscriptionIsNoticedAndHealsAfterARestart() {
    await().until(() -> one.store.hearingSince().isPresent());
    REDIS.server().stop();
    await().until(() -> one.store.hearingSince().isEmpty());
    assertThatThrownBy(() -> one.store.look(ACME)).isInstanceOf(StoreUnavailable.class);
    REDIS.server().restart();
    await().atMost(Duration.ofSeconds(30)).until(() -> one.store.hearingSince().isPresent());
    await().ignoreExceptions().until(() -> one.store.look(ACME).equals(TokenStore.Stored.NOTHING));
  }

  @Test
  void whenTheProcessEndsTheStoreDoesNotAnswer() throws Exception {
    var ending = Vertx.vertx();
    var late = new RedisCommands(() -> Redis.createClient(ending, REDIS.server().url()), ending);
    ending.close().toCompletionStage().toCompletableFuture().get();
    assertThatThrownBy(() -> late.run(Command.PING)).isInstanceOf(StoreUnavailable.class);
  }

  @Test
  void aRefusalOfRedisIsAStoreThatDoesNotAnswer() {
    commands.run(Command.CONFIG, "SET", "maxmemory", "1");
    try {
      assertThatThrownBy(
              () ->
                  one.store.keep(ACME, token("one", Duration.ofHours(1)), Revision.ABSENT, RENEWED))
          .isInstanceOf(StoreUnavailable.class);
    } finally {
      commands.run(Command.CONFIG, "SET", "maxmemory", "0");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "renewed",
        "renewed ACME",
        "exploded acme",
        "renewed acme x y",
        " renewed acme",
        "renewed  acme",
        "renewed acme-"
      })
  void whatIsNoAnnouncementIsPassedOver(String text) {
    assertThat(Announcements.parse(text)).isEmpty();
  }

  private static String text(@Nullable Object response) {
    return Objects.requireNonNull(response).toString();
  }

  /** The Redis store of one replica. */
  private static final class Replica {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Seal seal;
    private final Announcements announcements;
    private final RedisTokenStore store;

    Replica(KeyRing ring, Clock clock) {
      seal = new Seal(ring);
      announcements = new Announcements(commands, Ticker.system());
      store =
          new RedisTokenStore(
              commands, announcements, seal, registry, new Clocks(clock, Ticker.system()));
    }

    int openFailures() {
      return (int) registry.counter("token_broker.store.open.failures").count();
    }
  }
}
