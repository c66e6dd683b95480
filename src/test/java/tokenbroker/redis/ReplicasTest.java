package tokenbroker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tokenbroker.testing.RealRedis;
import tokenbroker.tokens.StoreUnavailable;

class ReplicasTest {

  private static Vertx vertx;
  private static RealRedis server;
  private static RedisCommands commands;

  private Replicas one;
  private Replicas other;

  @BeforeAll
  static void connect() {
    vertx = Vertx.vertx();
    server = new RealRedis();
    commands = new RedisCommands(() -> Redis.createClient(vertx, server.url()), vertx);
  }

  @AfterAll
  static void disconnect() {
    vertx.close();
    server.close();
  }

  @BeforeEach
  void start() {
    one = new Replicas(commands, "broker-1", "0.1.0");
    other = new Replicas(commands, "broker 2", "0.1.0");
    server.command("DEL " + RedisKeys.REPLICAS);
  }

  @Test
  void replicasSeeEachOther() {
    one.enter();
    other.enter();
    await().until(() -> one.read().replicas().size() == 2);
    assertThat(one.read().number()).isEqualTo(2);
    assertThat(one.read().replicas())
        .anySatisfy(
            it -> {
              assertThat(it.name()).isEqualTo("broker-1");
              assertThat(it.version()).isEqualTo("0.1.0");
              assertThat(it.isThis()).isTrue();
            })
        .anySatisfy(
            it -> {
              assertThat(it.name()).isEqualTo("broker-2");
              assertThat(it.isThis()).isFalse();
            });
  }

  @Test
  void aReplicaThatIsSilentForAMinuteIsRemoved() {
    server.command("ZADD " + RedisKeys.REPLICAS + " 1000 silent");
    one.enter();
    await().until(() -> one.read().replicas().size() == 1);
    assertThat(server.command("ZCARD " + RedisKeys.REPLICAS)).isEqualTo(":1");
  }

  @Test
  void foreignEntriesAreCountedButNotShown() {
    var later = "9999999999999";
    server.command("ZADD " + RedisKeys.REPLICAS + " " + later + " <script>");
    server.command("ZADD " + RedisKeys.REPLICAS + " " + later + " " + "x".repeat(10_000));
    for (var entry = 0; entry < 600; entry++) {
      server.command("ZADD %s %s foreign-%d".formatted(RedisKeys.REPLICAS, later, entry));
    }
    var roll = one.read();
    assertThat(roll.replicas()).isEmpty();
    assertThat(roll.number()).isEqualTo(602);
  }

  @Test
  void aForeignTypeIsAnUnavailableListAndHarmsNothingElse() {
    server.command("SET " + RedisKeys.REPLICAS + " text");
    one.enter();
    assertThatThrownBy(one::read).isInstanceOf(StoreUnavailable.class);
  }
}
