package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Certificate;
import tokenbroker.testing.Clients;
import tokenbroker.testing.Measured;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.RedisCluster;
import tokenbroker.testing.RedisSentinels;
import tokenbroker.testing.ScriptedUpstream;
import tokenbroker.testing.SteadyCallers;
import tokenbroker.testing.TcpProxy;
import tokenbroker.testing.Together;

/** Redis behind a Sentinel, and as a cluster. */
class RedisTopologyIT {

  private static final CallerTokens ISSUER = new CallerTokens("k1");
  private static final int CLIENTS = 500;

  @TempDir Path directory;
  @TempDir Path elsewhere;

  private final AtomicInteger serial = new AtomicInteger();
  private final String orders = ISSUER.token(Clients.CALLER);
  private List<BrokerProcess> brokers = List.of();
  private BrokerFiles files;
  private ScriptedUpstream upstream;

  @BeforeEach
  void start() {
    upstream = ScriptedUpstream.start();
    files = new BrokerFiles(directory).callerKeys(ISSUER);
    Clients.write(files, upstream, CLIENTS);
  }

  @AfterEach
  void end() {
    brokers.forEach(BrokerProcess::close);
    upstream.close();
  }

  @Test
  void aFailOverToTheReplicaFailsNoCallAndHeals() {
    try (var redis = new RedisSentinels(directory)) {
      brokers =
          BrokerProcess.with(files)
              .with("quarkus.redis.hosts", redis.url())
              .with("quarkus.redis.client-type", "sentinel")
              .with("quarkus.redis.master-name", RedisSentinels.MASTER_NAME)
              .with("quarkus.redis.role", "master")
              .start(2);
      awaitShared();
      var paths = List.of(fresh(), fresh());
      try (var callers = SteadyCallers.on(brokers, paths, orders, 100)) {
        await().until(() -> callers.answered() > 100);
        redis.killMaster();
        var missed = brokers.getFirst().get(fresh(), orders);
        await().atMost(Duration.ofMinutes(1)).until(redis::hasFailedOver);
        awaitShared();
        var calls = callers.end();

        assertThat(missed.statusCode()).isEqualTo(200);
        assertThat(calls).allSatisfy(call -> assertThat(call.status()).isEqualTo(200));
        Measured.say("aFailOverToTheReplicaFailsNoCallAndHeals", calls.size() + " calls, 0 failed");
      }
    }
  }

  @Test
  void movingSlotsOfAClusterFailsNoCallAndFetchesNothing() {
    try (var redis = new RedisCluster(directory)) {
      brokers =
          BrokerProcess.with(files)
              .with("quarkus.redis.hosts", redis.urls())
              .with("quarkus.redis.client-type", "cluster")
              .start(2);
      awaitShared();
      var paths = Clients.paths(30);
      serial.set(30);
      paths.forEach(path -> brokers.getFirst().get(path, orders));
      var fetched = upstream.count();
      try (var callers = SteadyCallers.on(List.of(brokers.getFirst()), paths, orders, 100)) {
        for (var i = 0; i < 30; i++) {
          redis.moveSlotOf("token-broker:{client-" + i + "}:token");
          assertThat(brokers.getLast().get("/tokens/client-" + i, orders).statusCode())
              .isEqualTo(200);
        }
        assertThat(upstream.count()).isEqualTo(fetched);
        awaitShared();
        var calls = callers.end();

        assertThat(calls).allSatisfy(call -> assertThat(call.status()).isEqualTo(200));
        Measured.say(
            "movingSlotsOfAClusterFailsNoCallAndFetchesNothing",
            "30 slots moved, %d calls, 0 failed, 0 fetches".formatted(calls.size()));
      }
    }
  }

  @Test
  void tokensAreSharedOverTls() {
    var certificate = Certificate.in(directory);
    try (var redis = new RealRedis();
        var proxy = new TcpProxy(redis.port(), certificate.servers())) {
      var settings =
          BrokerProcess.with(files)
              .with("quarkus.redis.hosts", "rediss://127.0.0.1:" + proxy.port())
              .with("quarkus.redis.tls-configuration-name", "redis")
              .with("quarkus.tls.redis.trust-store.p12.path", certificate.file())
              .with("quarkus.tls.redis.trust-store.p12.password", Certificate.PASSWORD);
      brokers = settings.start(2);
      awaitShared();
      var path = fresh();
      brokers.forEach(broker -> assertThat(broker.get(path, orders).statusCode()).isEqualTo(200));
      assertThat(upstream.count("id-" + serial)).isOne();

      var other = Certificate.in(elsewhere);
      var distrusting = settings.with("quarkus.tls.redis.trust-store.p12.path", other.file());
      try (var broker = distrusting.start()) {
        assertThat(broker.get(path, orders).statusCode()).isEqualTo(200);
        assertThat(upstream.count("id-" + serial)).as("no token over that connection").isEqualTo(2);
      }
      Measured.say(
          "tokensAreSharedOverTls",
          "one fetch for two replicas; none shared with a server that is not trusted");
    }
  }

  private void awaitShared() {
    Together.await(brokers, upstream, orders, this::fresh);
  }

  private String fresh() {
    return "/tokens/client-" + serial.incrementAndGet();
  }
}
