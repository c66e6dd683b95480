package tokenbroker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.testing.LogLines;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.RedisSentinels;
import tokenbroker.testing.TcpProxy;
import tokenbroker.tokens.StoreUnavailable;

/** Proves what happens to commands while connections to Redis are slow, rejected or lost. */
class RedisCommandsTest {

  private static final Duration SLOW = Duration.ofMillis(600);

  private final Vertx vertx = Vertx.vertx();
  private RealRedis server;
  private TcpProxy network;
  private RedisCommands commands;

  @BeforeEach
  void start() {
    server = new RealRedis();
    network = new TcpProxy(server.port());
    commands =
        new RedisCommands(
            () -> Redis.createClient(vertx, "redis://127.0.0.1:" + network.port()), vertx);
  }

  @AfterEach
  void end() {
    vertx.close();
    network.close();
    server.close();
  }

  @Test
  void aConnectThatTakesLongerThanACommandMayGoesOnInTheBackground() {
    network.latency(SLOW);
    assertThatThrownBy(this::ping).isInstanceOf(StoreUnavailable.class);
    network.latency(Duration.ZERO);

    awaitAnswer();
    assertThat(network.everAccepted()).isOne();
  }

  @Test
  void commandsDoNotWaitForAConnectThatIsLate() {
    network.answer("", false);
    assertThatThrownBy(this::ping).hasMessage("ping: no response in time");
    assertThatThrownBy(this::ping).hasMessage("ping: not connected");
    assertThat(network.everAccepted()).isOne();
  }

  @Test
  void aCommandThatWasGivenUpBeforeItWasSentIsNeverSent() {
    network.latency(SLOW);
    assertThatThrownBy(() -> commands.run(Command.SET, "given-up", "1"))
        .isInstanceOf(StoreUnavailable.class);
    network.latency(Duration.ZERO);

    awaitAnswer();
    assertThat(commands.run(Command.GET, "given-up")).isNull();
  }

  @Test
  void aConnectThatIsNeverAnsweredIsClosed() {
    network.answer("", false);
    assertThatThrownBy(this::ping).isInstanceOf(StoreUnavailable.class);
    assertThat(network.connections()).isOne();

    await().until(() -> network.connections() == 0);
  }

  @Test
  void aConnectionThatNoLongerAnswersIsReplaced() {
    awaitAnswer();
    network.latency(Duration.ofHours(1));
    assertThatThrownBy(this::ping).hasMessage("ping: no response in time");
    network.latency(Duration.ZERO);

    awaitAnswer();
    await().until(() -> network.connections() == 1);
  }

  /** Redis closes the connection after the error; a proxy may keep it open. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anErrorInAnswerToTheGreetingIsForgottenWithItsConnection(boolean closes) {
    awaitAnswer();
    network.answer("-ERR max number of clients reached\r\n", closes);
    awaitTwoRefusals();
    network.mend();

    awaitAnswer();
    await().until(() -> network.connections() == 1);
  }

  @Test
  void anErrorOfASentinelToTheGreetingIsForgottenWithItsConnection(@TempDir Path directory) {
    try (var sentinels = new RedisSentinels(directory);
        var front = new TcpProxy(sentinels.port())) {
      var options =
          new RedisOptions()
              .setType(RedisClientType.SENTINEL)
              .setMasterName(RedisSentinels.MASTER_NAME)
              .setConnectionString("redis://127.0.0.1:" + front.port());
      commands = new RedisCommands(() -> Redis.createClient(vertx, options), vertx);
      front.answer("-ERR max number of clients reached\r\n", false);
      assertThatThrownBy(this::ping).isInstanceOf(StoreUnavailable.class);
      front.mend();

      awaitAnswer();
    }
  }

  @Test
  void aRedisThatHadNoRoomForAnotherClientIsUsedWhenItHas() {
    awaitAnswer();
    try (var admin = server.session()) {
      admin.command("CONFIG SET maxclients 1");
      admin.command("CLIENT KILL TYPE normal SKIPME yes");
      await().ignoreExceptions().until(() -> server.command("PING").startsWith("-ERR max"));
      awaitTwoRefusals();
      admin.command("CONFIG SET maxclients 100");
    }

    awaitAnswer();
  }

  @Test
  void anErrorOfOneCommandLeavesTheConnectionToTheOthers() {
    awaitAnswer();
    commands.run(Command.LPUSH, "list", "x");
    assertThatThrownBy(() -> commands.run(Command.GET, "list")).hasMessage("get: WRONGTYPE");
    var script = "return redis.call('GET', KEYS[1])";
    assertThatThrownBy(() -> commands.script("script", script, List.of("list")))
        .hasMessage("script: WRONGTYPE");
    assertThatThrownBy(() -> commands.script("script", "return nothing()", List.of()))
        .hasMessage("script: ERR");
    ping();

    assertThat(network.everAccepted()).isOne();
  }

  /** After a failover behind a single address, a new connection reaches the new master. */
  @Test
  void aRedisThatMayNotBeWrittenToIsLeft() {
    awaitAnswer();
    server.command("REPLICAOF 127.0.0.1 1");
    var script = "return redis.call('SET', KEYS[1], '1')";
    assertThatThrownBy(() -> commands.script("script", script, List.of("key")))
        .hasMessage("script: READONLY");
    ping();

    assertThat(network.everAccepted()).isEqualTo(2);
  }

  @Test
  void aRefusedGreetingIsLoggedOnceWithTheSettingThatHelps() {
    try (var log = new LogLines(Sessions.class)) {
      network.answer("-unsupported command\r\n", false);
      for (var i = 0; i < 3; i++) {
        assertThatThrownBy(this::ping).isInstanceOf(StoreUnavailable.class);
      }
      assertThat(log.lines())
          .singleElement()
          .asString()
          .contains("quarkus.redis.protocol-negotiation=false");
    }
  }

  private void ping() {
    commands.run(Command.PING);
  }

  private void awaitTwoRefusals() {
    var before = network.everAccepted();
    await()
        .untilAsserted(
            () -> {
              assertThatThrownBy(this::ping).isInstanceOf(StoreUnavailable.class);
              assertThat(network.everAccepted()).isGreaterThan(before + 1);
            });
  }

  private void awaitAnswer() {
    await().ignoreExceptions().until(() -> commands.run(Command.PING) != null);
  }
}
