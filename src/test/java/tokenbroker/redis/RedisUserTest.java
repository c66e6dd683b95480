package tokenbroker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestClassOrder;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.clients.ClientName;
import tokenbroker.connections.Authorization.Progress;
import tokenbroker.connections.AuthorizationFixture;
import tokenbroker.connections.AuthorizationStore.Keeping;
import tokenbroker.connections.ConnectionStore;
import tokenbroker.connections.ConnectionStore.Durability;
import tokenbroker.connections.ConnectionStoreContract;
import tokenbroker.connections.KeepAliveSchedule;
import tokenbroker.seal.KeyRing;
import tokenbroker.seal.Seal;
import tokenbroker.testing.Heartbeats;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.RedisServer;
import tokenbroker.testing.TestConfig;
import tokenbroker.time.Clocks;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.Announcement;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.TokenOwner;
import tokenbroker.tokens.TokenStore;
import tokenbroker.tokens.TokenStore.GrantStatus;
import tokenbroker.tokens.TokenStoreContract;

/**
 * Proves, with each server at hand, that the Redis user in the documentation has exactly the rights
 * that the broker uses.
 */
@ParameterizedClass
@MethodSource("servers")
@TestClassOrder(ClassOrderer.OrderAnnotation.class)
class RedisUserTest {

  private static final Path PAGE = Path.of("docs", "redis.md");
  private static final Pattern RIGHTS =
      Pattern.compile("(?m)^ACL SETUSER token-broker on >PASSWORD .*$");

  private static final KeyRing RING = KeyRing.random();
  private static final SimpleMeterRegistry REGISTRY = new SimpleMeterRegistry();
  private static Vertx vertx;
  private static RealRedis server;

  private final RedisServer kind;

  RedisUserTest(RedisServer kind) {
    this.kind = kind;
  }

  private static RedisCommands commands;

  static List<RedisServer> servers() {
    return RedisServer.all();
  }

  @BeforeParameterizedClassInvocation
  static void connect(RedisServer kind) throws IOException {
    vertx = Vertx.vertx();
    server = new RealRedis(kind);
    assertThat(server.command(documentedRights())).isEqualTo("+OK");
    var url = "redis://token-broker:PASSWORD@127.0.0.1:" + server.port();
    commands = new RedisCommands(() -> Redis.createClient(vertx, url), vertx);
    await().ignoreExceptions().until(() -> connectionStore().durability() != null);
  }

  @AfterParameterizedClassInvocation
  static void disconnect() {
    vertx.close();
    server.close();
  }

  static String documentedRights() throws IOException {
    var line = RIGHTS.matcher(Files.readString(PAGE));
    assertThat(line.find()).isTrue();
    return line.group();
  }

  private static TokenStore tokenStore(Announcements announcements) {
    return new RedisTokenStore(
        commands,
        announcements,
        new Seal(RING),
        REGISTRY,
        new Clocks(Clock.systemUTC(), Ticker.system()));
  }

  private static ConnectionStore connectionStore() {
    var config = TestConfig.with("broker.connections.keep-alive", "100ms");
    return new RedisConnectionStore(
        commands,
        new Announcements(commands, Ticker.system()),
        new Seal(RING),
        new KeepAliveSchedule(config),
        config,
        Ticker.system(),
        REGISTRY);
  }

  @Nested
  @Order(1)
  class Tokens extends TokenStoreContract {

    private final Announcements announcements = new Announcements(commands, Ticker.system());
    private Heartbeats heartbeats;

    @BeforeEach
    void start() {
      heartbeats = Heartbeats.of(announcements::beat);
    }

    @AfterEach
    void end() {
      heartbeats.close();
      announcements.end();
    }

    @Override
    protected TokenStore store() {
      return tokenStore(announcements);
    }

    @Override
    protected TokenStore otherReplica() {
      return tokenStore(announcements);
    }
  }

  @Nested
  @Order(2)
  class Connections extends ConnectionStoreContract {

    @Override
    protected ConnectionStore store() {
      return connectionStore();
    }

    @Override
    protected ConnectionStore otherReplica() {
      return connectionStore();
    }

    @Test
    void theTokenOfAConnectionThatIsNotThereIsGone() {
      var owner = new TokenOwner(new ClientName("acme"), new ConnectionId("A".repeat(22)));
      var announcements = new Announcements(commands, Ticker.system());
      assertThat(tokenStore(announcements).look(owner).grant()).isEqualTo(GrantStatus.GONE);
    }

    @Test
    void theTokenOfAConnectionIsKept() {
      var clocks = new Clocks(Clock.systemUTC(), Ticker.system());
      var authorized = AuthorizationFixture.account(Duration.ofHours(1), clocks.now());
      var owner = new TokenOwner(new ClientName("acme"), new ConnectionId("B".repeat(22)));
      var tokens = tokenStore(new Announcements(commands, Ticker.system()));
      var news = Announcement.of(Announcement.Kind.RENEWED, owner);

      assertThat(tokens.keep(owner, authorized.token(), tokens.look(owner).revision(), news))
          .isFalse();
    }

    @Test
    void itIsToldWhetherRedisKeepsData() {
      assertThat(store().durability()).isEqualTo(Durability.VOLATILE);
    }
  }

  @Nested
  @Order(3)
  class Authorizations {

    @Test
    void anAuthorizationAndItsResultAreKeptReplacedAndTaken() {
      var clocks = new Clocks(Clock.systemUTC(), Ticker.system());
      var store = new RedisAuthorizationStore(commands, new Seal(RING), clocks, REGISTRY);
      var acme = new ClientName("acme");
      var handle = AuthorizationFixture.handle(acme);
      var code = AuthorizationFixture.code(acme);
      var begun = AuthorizationFixture.authorization(new Progress.Begun(), clocks.now());

      assertThat(store.keep(handle, begun)).isEqualTo(new Keeping.Kept());
      var held = store.find(handle).orElseThrow();
      assertThat(store.replace(handle, held.revision(), held.authorization())).isTrue();
      store.keepResult(code, AuthorizationFixture.account(Duration.ofHours(1), clocks.now()));
      assertThat(store.findResult(code)).isPresent();
      assertThat(store.takeResult(code)).isTrue();
    }
  }

  @Nested
  @Order(4)
  class Connecting {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theUserIsNamedInTheAddressAndThePasswordInItsOwnSettingWithAndWithoutHello(boolean hello)
        throws IOException {
      try (var guarded = new RealRedis(kind);
          var admin = guarded.session()) {
        admin.command(documentedRights());
        admin.command("CONFIG SET requirepass another");
        var options =
            new RedisOptions()
                .setConnectionString("redis://127.0.0.1:" + guarded.port() + "?user=token-broker")
                .setPassword("PASSWORD")
                .setProtocolNegotiation(hello);
        var connected = new RedisCommands(() -> Redis.createClient(vertx, options), vertx);

        await()
            .untilAsserted(
                () ->
                    assertThatThrownBy(() -> connected.run(Command.DBSIZE))
                        .hasMessage("dbsize: NOPERM"));
        assertThat(connected.run(Command.GET, "token-broker:key")).isNull();
      }
    }
  }

  /**
   * These tests check the commands that the tests of the other nested classes have used. Therefore
   * this class runs last.
   */
  @Nested
  @Order(5)
  class AfterAllOfThem {

    @Test
    void everyCommandThatIsGrantedIsUsed() throws IOException {
      var granted =
          Arrays.stream(documentedRights().split(" "))
              .filter(word -> word.startsWith("+"))
              .map(word -> word.substring(1))
              .toList();

      assertThat(granted)
          .hasSizeGreaterThan(10)
          .allSatisfy(
              command ->
                  assertThat(server.infoText("commandstats")).contains("cmdstat_" + command + ":"));
    }
  }
}
