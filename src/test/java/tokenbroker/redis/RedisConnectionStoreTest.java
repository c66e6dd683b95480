package tokenbroker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenbroker.clients.ClientName;
import tokenbroker.connections.Connection;
import tokenbroker.connections.Connection.State;
import tokenbroker.connections.ConnectionStore;
import tokenbroker.connections.ConnectionStore.Claiming;
import tokenbroker.connections.ConnectionStore.Claiming.Claimed;
import tokenbroker.connections.ConnectionStore.ConnectionCounts;
import tokenbroker.connections.ConnectionStore.ConnectionPage;
import tokenbroker.connections.ConnectionStore.Durability;
import tokenbroker.connections.ConnectionStore.Eviction;
import tokenbroker.connections.ConnectionStoreContract;
import tokenbroker.connections.KeepAliveSchedule;
import tokenbroker.seal.KeyRing;
import tokenbroker.seal.Seal;
import tokenbroker.testing.TestConfig;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.Announcement;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.Provenance;
import tokenbroker.tokens.RefreshToken;
import tokenbroker.tokens.StoreUnavailable;
import tokenbroker.tokens.TokenOwner;

class RedisConnectionStoreTest extends ConnectionStoreContract {

  private static final ClientName ACME = new ClientName("acme");
  private static final ConnectionId ID = new ConnectionId("A".repeat(22));
  private static final String KEY = "token-broker:{acme}:connection:" + ID;

  private static final String USERS = "token-broker:{acme}:users";
  private static final String USER_KEY = "token-broker:{acme}:user-key";
  private static final Provenance PROVENANCE =
      new Provenance("https://upstream.test", "id", null, "v1");

  @RegisterExtension private static final ConnectedRedis REDIS = new ConnectedRedis();
  private static final RedisCommands commands = REDIS.commands();

  private final KeyRing ring = KeyRing.random();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ConnectionStore one = store(ring);
  private final ConnectionStore two = store(ring);

  /** Each test has its own key ring and cannot open the values that another test has sealed. */
  @AfterEach
  void wipe() {
    commands.run(Command.FLUSHALL);
  }

  @Override
  protected ConnectionStore store() {
    return one;
  }

  @Override
  protected ConnectionStore otherReplica() {
    return two;
  }

  @Test
  void nothingThatIsStoredCanBeReadByOthers() {
    one.put(ACME, connection(), new RefreshToken("refresh-token"));
    var stored = String.valueOf(commands.run(Command.HGETALL, KEY));

    assertThat(stored)
        .contains("sealed", "state")
        .doesNotContain("refresh-token", "mail@example.test", "user-id");
  }

  @Test
  void aConnectionHasNoEnd() {
    one.put(ACME, connection(), new RefreshToken("one"));

    assertThat(String.valueOf(commands.run(Command.PTTL, KEY))).isEqualTo("-1");
  }

  /** Otherwise a forgotten seal key would cost every user a new consent. */
  @Test
  void whatDoesNotOpenIsAFaultAndIsNotLost() {
    one.put(ACME, connection(), new RefreshToken("one"));
    var stranger = store(KeyRing.random());
    var owner = new TokenOwner(ACME, ID);

    assertThatThrownBy(() -> stranger.find(owner)).isInstanceOf(StoreUnavailable.class);
    assertThat(registry.counter("token_broker.store.open.failures").count()).isOne();
    assertThat(one.find(owner)).isPresent();
  }

  /**
   * Therefore an old seal key is needed only until each refresh token that it sealed has been
   * rotated.
   */
  @Test
  void aRotationSealsAllOfAConnectionAnew() {
    var old = KeyRing.random();
    var next = new KeyRing("next", Map.of("next", KeyRing.random().primary()));
    store(old).put(ACME, connection(), new RefreshToken("one"));
    var both = new KeyRing("next", Map.of("random", old.primary(), "next", next.primary()));
    var owner = new TokenOwner(ACME, ID);
    rotate(store(both), owner, "two");

    var held = claimed(store(next), owner).held();
    assertThat(held.connection().userId()).isEqualTo("user-id");
    assertThat(held.refreshToken().reveal()).isEqualTo("two");
  }

  /** A connection that cannot be opened must not hide the others. */
  @Test
  void aPageNamesWhatDoesNotOpen() {
    var some = new ClientName("some");
    one.put(some, connection(), new RefreshToken("one"));
    var other = new ConnectionId("B".repeat(22));
    store(KeyRing.random())
        .put(
            some,
            new Connection(
                other, null, null, State.ACTIVE, Instant.EPOCH, Instant.EPOCH, PROVENANCE, 1),
            new RefreshToken("two"));

    assertThat(one.page(some, null, 10))
        .isEqualTo(new ConnectionPage(List.of(connection()), List.of(other), null));
  }

  @Test
  void aValueThatWasMovedToAnotherConnectionDoesNotOpen() {
    one.put(ACME, connection(), new RefreshToken("one"));
    var other = new ConnectionId("B".repeat(22));
    commands.run(Command.COPY, KEY, "token-broker:{acme}:connection:" + other);

    assertThatThrownBy(() -> one.find(new TokenOwner(ACME, other)))
        .isInstanceOf(StoreUnavailable.class);
  }

  @Test
  void aRotationThatWasMadeAlreadyIsMadeOnce() {
    one.put(ACME, connection(), new RefreshToken("one"));
    var owner = new TokenOwner(ACME, ID);
    var claimed = claimed(one, owner);
    claimed.claim().close();
    var held = claimed.held();
    var rotation = one.rotation(owner, held.connection(), new RefreshToken("two"));

    assertThat(one.rotate(owner, held.revision(), rotation)).isTrue();
    assertThat(one.rotate(owner, held.revision(), rotation)).isTrue();
    assertThat(claimed(one, owner).held().refreshToken().reveal()).isEqualTo("two");
  }

  /**
   * A hundred thousand connections are all removed while the list is read. Every page must still be
   * returned.
   */
  @Test
  void aPageIsReturnedAlthoughItsConnectionsAreGone() {
    var many = new ClientName("many");
    for (var from = 1; from < 100_000; from += 1_000) {
      commands.script(
          "fill",
          """
          for i = ARGV[1], ARGV[1] + 999 do
            redis.call('ZADD', KEYS[1], 0, string.format('%022d', i))
          end
          return 1
          """,
          List.of("token-broker:{many}:connections"),
          Integer.toString(from));
    }
    var pages = 1;
    for (var page = one.page(many, null, 500); page.next() != null; pages++) {
      page = one.page(many, page.next(), 500);
    }

    assertThat(pages).isEqualTo(200);
  }

  /**
   * The longest renewal consists of two requests. The broker waits for each of them up to six times
   * the time limit of 5 s.
   */
  @Test
  void aClaimOutlastsTheLongestRenewal() {
    one.put(ACME, connection(), new RefreshToken("one"));
    claimed(one, new TokenOwner(ACME, ID));
    var left = String.valueOf(commands.run(Command.PTTL, KEY + ":claim"));

    assertThat(Long.parseLong(left)).isBetween(60_001L, 70_000L);
  }

  /** Redis created the claim after it resumed, and no replica holds it. */
  @Test
  void aClaimWhoseAnswerNeverCameKeepsNobodyFromTheConnection() {
    one.put(ACME, connection(), new RefreshToken("one"));
    var owner = new TokenOwner(ACME, ID);
    REDIS.server().pause();
    try {
      assertThatThrownBy(() -> two.claim(owner, "")).isInstanceOf(StoreUnavailable.class);
    } finally {
      REDIS.server().resume();
    }
    await().ignoreExceptions().until(() -> one.claim(owner, "") instanceof Claimed);
  }

  @Test
  void aConnectionThatShouldHaveBeenRenewedADayAgoIsCounted() {
    var late = new ClientName("late");
    one.put(late, connection(), new RefreshToken("one"));
    commands.run(Command.ZINCRBY, "token-broker:{late}:connections-due", "-90000000", ID.value());

    assertThat(one.count(late)).isEqualTo(new ConnectionCounts(1, 0, 1));
  }

  @Test
  void itIsToldWhetherRedisKeepsData() {
    assertThat(one.durability()).isEqualTo(Durability.VOLATILE);
    commands.run(Command.CONFIG, "SET", "appendonly", "yes");
    try {
      assertThat(one.durability()).isEqualTo(Durability.DURABLE);
    } finally {
      commands.run(Command.CONFIG, "SET", "appendonly", "no");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, volatile-ttl, NONE",
    "100mb, noeviction, NONE",
    "100mb, volatile-ttl, POSSIBLE",
    "100mb, allkeys-lru, POSSIBLE"
  })
  void itIsToldWhetherRedisDeletesDataWhenItsMemoryIsFull(
      String memory, String policy, Eviction expected) {
    commands.run(Command.CONFIG, "SET", "maxmemory", memory);
    commands.run(Command.CONFIG, "SET", "maxmemory-policy", policy);
    try {
      assertThat(one.eviction()).isEqualTo(expected);
    } finally {
      commands.run(Command.CONFIG, "SET", "maxmemory", "0");
      commands.run(Command.CONFIG, "SET", "maxmemory-policy", "noeviction");
    }
  }

  /** Somebody who can read Redis but has no seal key must not be able to find a user. */
  @Test
  void theIndexOfUsersNamesNobody() {
    one.put(ACME, connection(), new RefreshToken("one"));

    assertThat(String.valueOf(commands.run(Command.HGETALL, USERS)))
        .contains(ID.value())
        .doesNotContain("user-id");
    assertThat(String.valueOf(commands.run(Command.GET, USER_KEY))).startsWith("v1.random.");
  }

  @Test
  void aUserIsFoundAfterTheSealKeysHaveRotated() {
    var rotating = new ClientName("rotating");
    var old = KeyRing.random();
    var next = new KeyRing("next", Map.of("next", KeyRing.random().primary()));
    var both = new KeyRing("next", Map.of("random", old.primary(), "next", next.primary()));
    store(old).put(rotating, connection(), new RefreshToken("one"));
    var during = store(both);
    during.count(rotating); // Each replica counts from time to time.
    rotate(during, new TokenOwner(rotating, ID), "two");

    assertThat(store(next).put(rotating, asNew("B"), new RefreshToken("three")).id()).isEqualTo(ID);
  }

  @Test
  void anIndexKeyThatDoesNotOpenIsAFaultAndIsNotLost() {
    var keyed = new ClientName("keyed");
    one.put(keyed, connection(), new RefreshToken("one"));

    assertThatThrownBy(
            () -> store(KeyRing.random()).put(keyed, asNew("B"), new RefreshToken("two")))
        .isInstanceOf(StoreUnavailable.class);
    assertThat(one.put(keyed, asNew("B"), new RefreshToken("two")).id()).isEqualTo(ID);
  }

  /**
   * Somebody who can write to Redis must not get a user's tokens stored in another user's
   * connection.
   */
  @Test
  void anIndexThatLeadsToAnothersConnectionIsNotFollowed() {
    var victim = new ClientName("victim");
    one.put(victim, connection(), new RefreshToken("of the victim"));
    var other = asOther("B");
    one.put(victim, other, new RefreshToken("one"));
    var users = "token-broker:{victim}:users";
    var fields = Objects.requireNonNull(commands.run(Command.HGETALL, users));
    fields.getKeys().forEach(user -> commands.run(Command.HSET, users, user, ID.value()));

    assertThat(one.put(victim, asOther("C"), new RefreshToken("two")).id()).isNotEqualTo(ID);
    assertThat(claimed(one, new TokenOwner(victim, ID)).held().refreshToken().reveal())
        .isEqualTo("of the victim");
  }

  @Test
  void anOlderValueThatIsPutBackIsNotUsed() {
    var client = new ClientName("rolled-back");
    var owner = new TokenOwner(client, ID);
    var key = "token-broker:{rolled-back}:connection:" + ID;
    one.put(client, connection(), new RefreshToken("one"));
    commands.run(Command.COPY, key, key + ":copy");
    rotate(one, owner, "two");
    commands.run(Command.COPY, key + ":copy", key, "REPLACE");

    assertThat(one.claim(owner, "")).isEqualTo(new Claiming.Ended());
    assertThat(one.find(owner).orElseThrow().state()).isEqualTo(State.RECONNECT_REQUIRED);
    assertThat(registry.counter("token_broker.store.rollbacks").count()).isPositive();
    assertThat(one.put(client, asNew("B"), new RefreshToken("three")).id()).isEqualTo(ID);
    assertThat(claimed(one, owner).held().refreshToken().reveal()).isEqualTo("three");
  }

  @Test
  void aRemovedConnectionThatIsPutBackStaysRemoved() {
    var client = new ClientName("put-back");
    var owner = new TokenOwner(client, ID);
    var key = "token-broker:{put-back}:connection:" + ID;
    one.put(client, connection(), new RefreshToken("one"));
    commands.run(Command.COPY, key, key + ":copy");
    one.remove(owner);
    commands.run(Command.COPY, key + ":copy", key);

    assertThat(one.claim(owner, "")).isEqualTo(new Claiming.Absent());
    assertThat(one.find(owner)).isEmpty();
  }

  /** Otherwise somebody who can write to Redis could prevent a connection from being renewed. */
  @Test
  void aClaimThatLastsTooLongDoesNotCount() {
    one.put(ACME, connection(), new RefreshToken("one"));
    for (var claim : List.of(new String[] {KEY + ":claim", "x"}, longClaim())) {
      commands.run(Command.SET, claim);
      assertThat(one.claim(new TokenOwner(ACME, ID), "")).isInstanceOf(Claimed.class);
    }
  }

  private static String[] longClaim() {
    return new String[] {KEY + ":claim", "x", "PX", "86400000"};
  }

  /** Somebody who can only publish in Redis must not make a connection disappear. */
  @Test
  void anAnnouncedRemovalCountsOnlyIfItHappened() {
    one.put(ACME, connection(), new RefreshToken("one"));
    var owner = new TokenOwner(ACME, ID);
    var word = Announcement.of(Announcement.Kind.REMOVED, owner);
    var store = store(ring);
    store.heard(word);
    commands.run(Command.PING); // This answer comes after those of all earlier commands.
    assertThat(store.find(owner)).isPresent();

    commands.run(Command.COPY, KEY, KEY + ":copy");
    one.remove(owner);
    store.heard(word);
    commands.run(Command.PING);
    commands.run(Command.COPY, KEY + ":copy", KEY);
    assertThat(store.find(owner)).isEmpty();
  }

  /** Otherwise a failed removal would hide the connection from this replica forever. */
  @Test
  void aRemovalThatFailedRemovesNothing() {
    one.put(ACME, connection(), new RefreshToken("one"));
    var owner = new TokenOwner(ACME, ID);
    var address = new AtomicReference<>("redis://127.0.0.1:1");
    var broken =
        store(
            ring,
            new RedisCommands(
                () -> Redis.createClient(REDIS.vertx(), address.get()), REDIS.vertx()));
    assertThatThrownBy(() -> broken.remove(owner)).isInstanceOf(StoreUnavailable.class);

    address.set(REDIS.server().url());
    await().ignoreExceptions().until(() -> broken.find(owner).isPresent());
  }

  private static Connection asNew(String letter) {
    return withUser(letter, "user-id");
  }

  private static Connection asOther(String letter) {
    return withUser(letter, "another");
  }

  private static Connection withUser(String letter, String user) {
    return new Connection(
        new ConnectionId(letter.repeat(22)),
        user,
        null,
        State.ACTIVE,
        Instant.EPOCH,
        Instant.EPOCH,
        PROVENANCE,
        1);
  }

  private static void rotate(ConnectionStore store, TokenOwner owner, String next) {
    var claimed = claimed(store, owner);
    claimed.claim().close();
    var held = claimed.held();
    var rotation = store.rotation(owner, next(held.connection()), new RefreshToken(next));
    assertThat(store.rotate(owner, held.revision(), rotation)).isTrue();
  }

  /** Returns the connection as it is after a renewal. */
  private static Connection next(Connection connection) {
    return new Connection(
        connection.id(),
        connection.userId(),
        connection.userEmail(),
        connection.state(),
        connection.connectedAt(),
        connection.expiresAt(),
        connection.provenance(),
        connection.version() + 1);
  }

  private static Claimed claimed(ConnectionStore store, TokenOwner owner) {
    return (Claimed) await().until(() -> store.claim(owner, ""), it -> it instanceof Claimed);
  }

  private RedisConnectionStore store(KeyRing ring) {
    return store(ring, commands);
  }

  private RedisConnectionStore store(KeyRing ring, RedisCommands commands) {
    var config = TestConfig.with("broker.connections.keep-alive", "100ms");
    return new RedisConnectionStore(
        commands,
        new Announcements(commands, Ticker.system()),
        new Seal(ring),
        new KeepAliveSchedule(config),
        config,
        Ticker.system(),
        registry);
  }

  private static Connection connection() {
    return new Connection(
        ID,
        "user-id",
        "mail@example.test",
        State.ACTIVE,
        Instant.EPOCH,
        Instant.EPOCH.plusSeconds(60),
        PROVENANCE,
        1);
  }
}
