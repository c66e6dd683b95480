package tokenbroker.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.redis.client.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.callers.Caller;
import tokenbroker.clients.ClientName;
import tokenbroker.connections.Authorization;
import tokenbroker.connections.Authorization.Progress;
import tokenbroker.connections.Authorization.ResultParameter;
import tokenbroker.connections.Authorization.Visits;
import tokenbroker.connections.AuthorizationHandle;
import tokenbroker.connections.AuthorizedAccount;
import tokenbroker.connections.Connection;
import tokenbroker.connections.Connection.State;
import tokenbroker.connections.ConnectionStore.Claiming.Claimed;
import tokenbroker.connections.KeepAliveSchedule;
import tokenbroker.connections.ResultCode;
import tokenbroker.seal.KeyRing;
import tokenbroker.seal.KeyedHash;
import tokenbroker.seal.Seal;
import tokenbroker.testing.SettableClock;
import tokenbroker.testing.TestConfig;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.Announcement;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.Lifespan;
import tokenbroker.tokens.Provenance;
import tokenbroker.tokens.RefreshToken;
import tokenbroker.tokens.TokenId;
import tokenbroker.tokens.TokenOwner;
import tokenbroker.tokens.TokenStore.GrantStatus;
import tokenbroker.tokens.TokenStore.Revision;
import tokenbroker.tokens.UpstreamFailure;

/**
 * Proves that this version reads everything that earlier versions stored in Redis:
 * docs/upgrading.md promises it. Each release adds a recording of its own, which never changes
 * afterwards:
 *
 * <pre>./mvnw test -Dtest=RecordedRedisTest -Drecord.redis=0.2.0</pre>
 */
class RecordedRedisTest {

  private static final Path RECORDINGS =
      Path.of("src", "test", "resources", "tokenbroker", "redis", "recorded");

  private static final Instant THEN = Instant.parse("2026-11-27T00:00:00Z");
  private static final KeyRing KEYS = new KeyRing("2026-11", Map.of("2026-11", new byte[32]));
  private static final Provenance OF_CLIENT =
      new Provenance("https://upstream.test", "1_acme", "user", "v1");
  private static final Provenance OF_CONNECTION =
      new Provenance("https://upstream.test", "1_acme", null, "v1");

  private static final ClientName ACME = new ClientName("acme");
  private static final TokenOwner CLIENT = TokenOwner.of(ACME);
  private static final TokenOwner FAILING = TokenOwner.of(new ClientName("bolt"));
  private static final TokenOwner ALICE = account("A");
  private static final TokenOwner BOB = account("B");
  private static final Duration FORCED = Duration.ofSeconds(30);

  private static final List<Progress> PROGRESS =
      List.of(
          new Progress.Begun(),
          new Progress.Visited(visits()),
          new Progress.Claimed(visits()),
          new Progress.Finished(visits(), new ResultParameter("result", "one-time-code")));
  private static final ResultCode RESULT = new ResultCode(ACME, "R".repeat(22));

  @RegisterExtension private static final ConnectedRedis REDIS = new ConnectedRedis();
  private static final RedisCommands commands = REDIS.commands();

  private final SettableClock clock = new SettableClock(THEN);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private RedisTokenStore tokens;
  private RedisAuthorizationStore authorizations;
  private RedisConnectionStore connections;

  @BeforeEach
  void open() {
    commands.run(Command.FLUSHALL);
    var announcements = new Announcements(commands, clock);
    var seal = new Seal(KEYS);
    var config = TestConfig.with("broker.connections.keep-alive", "7d");
    tokens = new RedisTokenStore(commands, announcements, seal, registry, clock.clocks());
    authorizations = new RedisAuthorizationStore(commands, seal, clock.clocks(), registry);
    connections =
        new RedisConnectionStore(
            commands, announcements, seal, new KeepAliveSchedule(config), config, clock, registry);
  }

  static List<Path> recordings() throws IOException {
    try (var all = Files.list(RECORDINGS)) {
      return all.sorted().toList();
    }
  }

  @Test
  void whatThisVersionStoresIsRead() {
    store();
    var version = System.getProperty("record.redis");
    if (version != null) {
      RecordedRedis.record(REDIS.commands(), RECORDINGS.resolve(version + ".json"));
    }
    everythingIsRead();
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void whatEarlierVersionsStoredIsRead(Path recording) {
    RecordedRedis.restore(commands, recording);
    everythingIsRead();
  }

  private void store() {
    tokens.keep(CLIENT, token("of-the-client", OF_CLIENT), Revision.ABSENT, renewed(CLIENT));
    tokens.claimForcedFetch(CLIENT, FORCED);
    tokens.remember(FAILING, failure());
    connections.put(ACME, connection(ALICE, "alice"), new RefreshToken("refresh-alice"));
    tokens.keep(ALICE, token("of-alice", OF_CONNECTION), Revision.ABSENT, renewed(ALICE));
    connections.put(ACME, connection(BOB, "bob"), new RefreshToken("refresh-bob"));
    var claimed = (Claimed) connections.claim(BOB, "");
    connections.end(BOB, claimed.held().revision(), claimed.claim());
    for (var i = 0; i < PROGRESS.size(); i++) {
      authorizations.keep(handle(i), authorization(PROGRESS.get(i)));
    }
    authorizations.keepResult(RESULT, result());
  }

  private void everythingIsRead() {
    var stored = tokens.look(CLIENT);
    assertThat(stored.token())
        .usingRecursiveComparison()
        .ignoringFields("life")
        .isEqualTo(token("of-the-client", OF_CLIENT));
    assertThat(Objects.requireNonNull(stored.token()).remaining(clock.clocks().now()))
        .isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
    assertThat(tokens.claimForcedFetch(CLIENT, FORCED)).isPresent();
    assertThat(tokens.look(FAILING).failure())
        .usingRecursiveComparison()
        .ignoringFields("at", "retryAt")
        .isEqualTo(failure());

    assertThat(tokens.look(ALICE).token()).extracting(AccessToken::value).isEqualTo("of-alice");
    assertThat(tokens.look(BOB).grant()).isEqualTo(GrantStatus.ENDED);
    assertThat(connections.page(ACME, null, 10).connections())
        .containsExactly(
            connection(ALICE, "alice"), connection(BOB, "bob").in(State.RECONNECT_REQUIRED));
    assertThat(((Claimed) connections.claim(ALICE, "")).held().refreshToken().reveal())
        .isEqualTo("refresh-alice");
    assertThat(
            connections
                .put(ACME, connection(account("C"), "bob"), new RefreshToken("of a new consent"))
                .id())
        .as("a user who connects again")
        .isEqualTo(BOB.connection());

    for (var i = 0; i < PROGRESS.size(); i++) {
      assertThat(authorizations.find(handle(i)).orElseThrow().authorization())
          .isEqualTo(authorization(PROGRESS.get(i)));
    }
    var result = authorizations.findResult(RESULT).orElseThrow();
    assertThat(result.refreshToken().reveal()).isEqualTo("refresh-carol");
    assertThat(result.token().userId()).isEqualTo("carol");
    assertThat(registry.counter("token_broker.store.open.failures").count()).isZero();
  }

  private AccessToken token(String value, Provenance provenance) {
    return new AccessToken(
        value,
        "user",
        value.equals("of-a-result") ? "carol" : "user-id",
        "mail@example.test",
        TokenId.of(value, new KeyedHash(new byte[32])),
        Lifespan.from(clock.clocks().now(), Duration.ofHours(1)),
        Duration.ofHours(2),
        provenance,
        true);
  }

  private UpstreamFailure failure() {
    return new UpstreamFailure(
        OAuthError.INVALID_CLIENT,
        "TrackMage answered 401",
        3,
        clock.now(),
        clock.now().plus(Duration.ofSeconds(20)),
        OF_CLIENT,
        THEN.minusSeconds(60));
  }

  private static Connection connection(TokenOwner owner, String user) {
    return new Connection(
        Objects.requireNonNull(owner.connection()),
        user,
        user + "@example.test",
        State.ACTIVE,
        THEN.minusSeconds(600),
        THEN.plusSeconds(3_000),
        OF_CONNECTION,
        1);
  }

  private static Authorization authorization(Progress progress) {
    return new Authorization(
        "https://shop.example/connected",
        "state of the shop",
        "verifier-text",
        new Caller("cluster", "system:serviceaccount:shop:orders", Set.of()),
        "trace",
        OF_CONNECTION,
        progress,
        THEN.plus(Authorization.LIFE));
  }

  private AuthorizedAccount result() {
    return new AuthorizedAccount(
        "state of the shop",
        token("of-a-result", OF_CONNECTION),
        new RefreshToken("refresh-carol"),
        THEN.plus(AuthorizedAccount.LIFE));
  }

  private static Announcement renewed(TokenOwner owner) {
    return Announcement.of(Announcement.Kind.RENEWED, owner);
  }

  private static AuthorizationHandle handle(int number) {
    return new AuthorizationHandle(ACME, Integer.toString(number).repeat(22));
  }

  private static TokenOwner account(String letter) {
    return new TokenOwner(ACME, new ConnectionId(letter.repeat(22)));
  }

  private static Visits visits() {
    return new Visits("hash-of-a-cookie", List.of("hash-of-a-state"));
  }
}
