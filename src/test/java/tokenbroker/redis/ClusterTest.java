package tokenbroker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.Heartbeats;
import tokenbroker.testing.LogLines;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.RedisCluster;
import tokenbroker.testing.TcpProxy;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.StoreUnavailable;

/** Proves that a failure in a cluster affects only the keys of that node or slot. */
class ClusterTest {

  private static final String SET_BOTH =
      "redis.call('SET', KEYS[1], ARGV[1]) redis.call('SET', KEYS[2], ARGV[1]) return 1";

  private final Vertx vertx = Vertx.vertx();
  @TempDir Path directory;
  private RedisCluster cluster;
  private RedisCommands commands;

  @BeforeEach
  void start() {
    cluster = new RedisCluster(directory);
    commands = connect(cluster.addresses());
    await().ignoreExceptions().until(() -> keys().allMatch(key -> set(key)));
  }

  @AfterEach
  void end() {
    vertx.close();
    cluster.close();
  }

  @Test
  void eachKeyIsAtTheNodeThatHoldsItsSlot() {
    keys().forEach(key -> assertThat(cluster.nodeOf(key).command("GET " + key)).isEqualTo("1"));
    assertThat(keys().map(cluster::nodeOf).distinct()).hasSize(3);
  }

  @Test
  void aDeadNodeConcernsItsOwnKeysAlone() {
    cluster.nodeOf("{a}:x").stop();
    assertThatThrownBy(() -> set("{a}:x")).isInstanceOf(StoreUnavailable.class);
    assertOthersWork(commands);

    var started = connect(cluster.addresses());
    await().ignoreExceptions().until(() -> others().allMatch(key -> set(started, key)));
    assertThatThrownBy(() -> set(started, "{a}:x")).isInstanceOf(StoreUnavailable.class);
    assertOthersWork(started);
  }

  @Test
  void aNodeThatComesBackIsUsedAgain() {
    cluster.nodeOf("{a}:x").stop();
    assertThatThrownBy(() -> set("{a}:x")).isInstanceOf(StoreUnavailable.class);
    cluster.nodeOf("{a}:x").restart();

    await().ignoreExceptions().until(() -> set("{a}:x"));
  }

  @Test
  void aNodeThatHangsConcernsItsOwnKeysAlone() {
    cluster.nodeOf("{a}:x").pause();
    try {
      assertThatThrownBy(() -> set("{a}:x")).isInstanceOf(StoreUnavailable.class);
      assertOthersWork(commands);
    } finally {
      cluster.nodeOf("{a}:x").resume();
    }
    await().ignoreExceptions().until(() -> set("{a}:x"));
  }

  @Test
  void announcementsAreHeardWithoutADeadNode() {
    var announcements = new Announcements(commands, Ticker.system());
    try (var beats = Heartbeats.of(announcements::beat)) {
      await().until(() -> announcements.hearingSince().isPresent());
      var since = announcements.hearingSince();
      var listening = listening();
      assertThat(beats).isNotNull();
      assertThat(listening).hasSize(1);
      listening.getFirst().stop();

      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  announcements.hearingSince().isPresent()
                      && !announcements.hearingSince().equals(since));
    }
    announcements.end();
  }

  @Test
  void theEndOfANodeEndsNoSubscriptionAtAnother() {
    var announcements = new Announcements(commands, Ticker.system());
    try (var beats = Heartbeats.of(announcements::beat)) {
      await().until(() -> announcements.hearingSince().isPresent());
      var since = announcements.hearingSince();
      var other =
          cluster.nodes().stream()
              .filter(node -> !listening().contains(node))
              .findFirst()
              .orElseThrow();
      other.stop();
      assertThatThrownBy(() -> keysOf(other).forEach(this::set))
          .isInstanceOf(StoreUnavailable.class);
      var heard = new AtomicInteger();
      announcements.listen(news -> heard.incrementAndGet());
      await()
          .ignoreExceptions()
          .until(
              () -> {
                commands.run(Command.PUBLISH, RedisKeys.ANNOUNCEMENTS, "renewed acme");
                return heard.get() > 0;
              });

      assertThat(announcements.hearingSince()).isEqualTo(since);
      assertThat(beats).isNotNull();
    }
    announcements.end();
  }

  @Test
  void anOpenSlotConcernsItsOwnKeysAlone() {
    cluster.openSlotOf("{a}:x");
    assertThatThrownBy(() -> setBoth("{a}:x", "{a}:y")).isInstanceOf(StoreUnavailable.class);
    for (var i = 0; i < 20; i++) {
      others().forEach(key -> assertThat(setBoth(key, key + "y")).isTrue());
    }

    assertThat(connections()).isEqualTo(3);
  }

  @Test
  void aKeyThatHasLeftItsSlotIsFoundAtTheOtherNode() {
    cluster.openSlotOf("{a}:x");
    cluster.moveKey("{a}:x");

    assertThat(commands.run(Command.GET, "{a}:x")).hasToString("1");
  }

  @Test
  void aSlotThatHasMovedIsFollowed() {
    cluster.moveSlotOf("{a}:x");

    assertThat(commands.run(Command.GET, "{a}:x")).hasToString("1");
    assertThat(set("{a}:y")).isTrue();
  }

  @Test
  void anErrorInAnswerToTheGreetingIsForgottenWithItsConnection() {
    var node = cluster.nodeOf("{a}:x");
    try (var front = new TcpProxy(node.port())) {
      front.answer("-ERR max number of clients reached\r\n", false);
      var refused = connect(List.of("127.0.0.1:" + front.port()));
      assertThatThrownBy(() -> set(refused, "{a}:x")).isInstanceOf(StoreUnavailable.class);
      front.mend();

      await().ignoreExceptions().until(() -> set(refused, "{a}:x"));
    }
  }

  @Test
  void aNodeThatCannotBeReachedIsNamedOnce() {
    try (var log = new LogLines(Sessions.class)) {
      cluster.nodeOf("{a}:x").stop();
      for (var i = 0; i < 3; i++) {
        assertThatThrownBy(() -> set("{a}:x")).isInstanceOf(StoreUnavailable.class);
      }
      await().until(() -> !log.lines().isEmpty());
      assertThat(log.lines())
          .singleElement()
          .asString()
          .contains("the Redis node 127.0.0.1:" + cluster.nodeOf("{a}:x").port());
    }
  }

  @Test
  void aUserWithTheDocumentedRightsIsServed() throws IOException {
    var rights = RedisUserTest.documentedRights() + " +cluster|slots +asking";
    cluster.nodes().forEach(node -> assertThat(node.command(rights)).isEqualTo("+OK"));
    var configured =
        new RedisOptions()
            .setType(RedisClientType.CLUSTER)
            .setConnectionString("redis://token-broker:PASSWORD@" + cluster.addresses().getFirst());
    var user =
        new RedisCommands(
            new EventLoop(vertx),
            it ->
                new Cluster(
                    it,
                    node -> Redis.createClient(vertx, RedisClients.forNode(configured, node)),
                    List.of(RedisClients.node(configured.getEndpoint()))));
    cluster.openSlotOf("token-broker:{a}:x");

    await()
        .ignoreExceptions()
        .until(() -> keys().allMatch(key -> set(user, "token-broker:" + key)));
    cluster.moveKey("token-broker:{a}:x");
    assertThat(user.run(Command.GET, "token-broker:{a}:x")).hasToString("1");
    assertThatThrownBy(() -> user.run(Command.DBSIZE)).hasMessage("dbsize: NOPERM");
  }

  @Test
  void aNodeIsReachedWithTheSettingsOfTheConfiguredEndpoints() {
    var configured =
        new RedisOptions()
            .setType(RedisClientType.CLUSTER)
            .setEndpoints(List.of("rediss://to%2Fken:pass%40word@seed:1", "rediss://other:2"))
            .setProtocolNegotiation(false);
    var node = RedisClients.forNode(configured, "10.0.0.1:3");

    assertThat(node.getType()).isEqualTo(RedisClientType.STANDALONE);
    assertThat(node.getEndpoints()).containsExactly("rediss://10.0.0.1:3?user=to%2Fken");
    assertThat(node.getPassword()).isEqualTo("pass@word");
    assertThat(node.isProtocolNegotiation()).isFalse();
    assertThat(configured.getEndpoints()).hasSize(2);
  }

  private RedisCommands connect(List<String> seeds) {
    var loop = new EventLoop(vertx);
    return new RedisCommands(
        loop, it -> new Cluster(it, node -> Redis.createClient(vertx, "redis://" + node), seeds));
  }

  private static Stream<String> keys() {
    return IntStream.range('a', 'a' + 26).mapToObj(letter -> "{" + (char) letter + "}:x");
  }

  /** Returns keys that are stored on other nodes than the key {@code {a}:x}. */
  private Stream<String> others() {
    var node = cluster.nodeOf("{a}:x");
    return keys().filter(key -> cluster.nodeOf(key) != node);
  }

  private void assertOthersWork(RedisCommands used) {
    var others = others().toList();
    assertThat(others).hasSizeGreaterThan(5);
    for (var i = 0; i < 20; i++) {
      others.forEach(key -> assertThat(set(used, key)).isTrue());
      assertThatThrownBy(() -> set(used, "{a}:x")).isInstanceOf(StoreUnavailable.class);
    }
  }

  private boolean set(String key) {
    return set(commands, key);
  }

  private static boolean set(RedisCommands used, String key) {
    return Objects.requireNonNull(used.run(Command.SET, key, "1")).toString().equals("OK");
  }

  private boolean setBoth(String one, String other) {
    var answer = commands.script("set both", SET_BOTH, List.of(one, other), "1");
    return Objects.requireNonNull(answer).toInteger() == 1;
  }

  private List<RealRedis> listening() {
    return cluster.nodes().stream()
        .filter(RealRedis::isAlive)
        .filter(node -> !node.command("CLIENT LIST TYPE pubsub").isEmpty())
        .toList();
  }

  private Stream<String> keysOf(RealRedis node) {
    return keys().filter(key -> cluster.nodeOf(key) == node);
  }

  /** Counts all client connections except the one that asks. */
  private long connections() {
    return cluster.nodes().stream()
        .mapToLong(node -> node.info("clients", "connected_clients") - 1)
        .sum();
  }
}
