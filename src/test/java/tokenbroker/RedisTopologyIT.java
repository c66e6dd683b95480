package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Certificate;
import tokenbroker.testing.Clients;
import tokenbroker.testing.Measured;
import tokenbroker.testing.RedisCluster;
import tokenbroker.testing.RedisSentinels;
import tokenbroker.testing.Site;
import tokenbroker.testing.SteadyCallers;
import tokenbroker.testing.TcpProxy;
import tokenbroker.testing.Together;

/** Proves that the broker works with Redis behind Sentinel and with Redis Cluster. */
class RedisTopologyIT {

  private static final int CLIENTS = 500;
  private static final Pattern AGE = Pattern.compile(" age=([0-9]+)");

  @RegisterExtension private final Site site = new Site().clients(CLIENTS);

  @TempDir Path directory;
  @TempDir Path elsewhere;

  private final AtomicInteger serial = new AtomicInteger();

  @Test
  void aFailOverToTheReplicaFailsNoCallAndHeals() {
    try (var redis = new RedisSentinels(directory)) {
      site.start(
          site.settings()
              .with("quarkus.redis.hosts", redis.url())
              .with("quarkus.redis.client-type", "sentinel")
              .with("quarkus.redis.master-name", RedisSentinels.MASTER_NAME)
              .with("quarkus.redis.role", "master"),
          2);
      awaitShared();
      var paths = List.of(fresh(), fresh());
      try (var callers = SteadyCallers.on(site.brokers(), paths, site.caller(), 100)) {
        await().until(() -> callers.answered() > 100);
        redis.killMaster();
        var missed = site.broker(0).get(fresh(), site.caller());
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
      site.start(clustered(redis), 2);
      awaitShared();
      var paths = Clients.paths(30);
      serial.set(30);
      paths.forEach(path -> site.broker(0).get(path, site.caller()));
      var fetched = site.upstream().count();
      try (var callers = SteadyCallers.on(List.of(site.broker(0)), paths, site.caller(), 100)) {
        for (var i = 0; i < 30; i++) {
          redis.moveSlotOf("token-broker:{client-" + i + "}:token");
          assertThat(site.broker(1).get("/tokens/client-" + i, site.caller()).statusCode())
              .isEqualTo(200);
        }
        assertThat(site.upstream().count()).isEqualTo(fetched);
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
  void aDeadShardOfAClusterConcernsItsOwnClientsAlone() {
    try (var redis = new RedisCluster(directory)) {
      var settings = clustered(redis);
      site.start(settings, 2);
      awaitShared();
      redis.nodeOf("token-broker:{client-100}:token").stop();
      var ofShard = new ArrayList<Integer>();
      for (var i = 100; i < 160; i++) {
        var path = "/tokens/client-" + i;
        site.brokers()
            .forEach(
                broker -> assertThat(broker.get(path, site.caller()).statusCode()).isEqualTo(200));
        if (!redis.nodeOf("token-broker:{client-" + i + "}:token").isAlive()) {
          ofShard.add(i);
        }
      }
      assertThat(ofShard).hasSizeBetween(5, 40);
      var others = IntStream.range(100, 160).filter(i -> !ofShard.contains(i)).boxed().toList();
      try (var started = settings.start()) {
        for (var i : others) {
          assertThat(started.get("/tokens/client-" + i, site.caller()).statusCode()).isEqualTo(200);
        }
      }

      assertThat(others)
          .allSatisfy(i -> assertThat(site.upstream().count("id-" + i)).as("client %d", i).isOne());
      Measured.say(
          "aDeadShardOfAClusterConcernsItsOwnClientsAlone",
          "0 of 120 calls failed; %d clients of the other shards fetched once for three replicas"
              .formatted(others.size()));
    }
  }

  @Test
  void aQuietBrokerKeepsItsSubscription() {
    try (var redis = new RedisCluster(directory)) {
      site.start(clustered(redis));
      await().until(() -> ageOfSubscription(redis) > 20);

      Measured.say("aQuietBrokerKeepsItsSubscription", "one subscription for more than 20 s");
    }
  }

  private static int ageOfSubscription(RedisCluster redis) {
    return redis.nodes().stream()
        .map(node -> AGE.matcher(node.command("CLIENT LIST TYPE pubsub")))
        .filter(Matcher::find)
        .mapToInt(age -> Integer.parseInt(age.group(1)))
        .max()
        .orElse(0);
  }

  private BrokerProcess.Settings clustered(RedisCluster redis) {
    return site.settings()
        .with("quarkus.redis.hosts", redis.urls())
        .with("quarkus.redis.client-type", "cluster");
  }

  @Test
  void aCertificateAuthorityThatIsReplacedIsTrustedWithoutARestart() throws IOException {
    var former = Certificate.in(directory);
    var next = Certificate.in(elsewhere);
    try (var proxy = new TcpProxy(site.redis().port(), next.servers())) {
      site.start(overTls(proxy, former), 2);
      var path = fresh();
      site.brokers()
          .forEach(
              broker -> assertThat(broker.get(path, site.caller()).statusCode()).isEqualTo(200));
      assertThat(site.upstream().count("id-" + serial))
          .as("both replicas fetch, so nothing is shared")
          .isEqualTo(2);
      Files.copy(next.file(), former.file(), StandardCopyOption.REPLACE_EXISTING);
      var begun = System.nanoTime();
      awaitShared();

      Measured.say(
          "aCertificateAuthorityThatIsReplacedIsTrustedWithoutARestart",
          "shared again after %d s"
              .formatted(Duration.ofNanos(System.nanoTime() - begun).toSeconds()));
    }
  }

  @Test
  void tokensAreSharedOverTls() {
    var certificate = Certificate.in(directory);
    try (var proxy = new TcpProxy(site.redis().port(), certificate.servers())) {
      site.start(overTls(proxy, certificate), 2);
      awaitShared();
      var path = fresh();
      site.brokers()
          .forEach(
              broker -> assertThat(broker.get(path, site.caller()).statusCode()).isEqualTo(200));
      assertThat(site.upstream().count("id-" + serial)).isOne();

      var other = Certificate.in(elsewhere);
      try (var broker = overTls(proxy, other).start()) {
        assertThat(broker.get(path, site.caller()).statusCode()).isEqualTo(200);
        assertThat(site.upstream().count("id-" + serial))
            .as("no token is read through that connection")
            .isEqualTo(2);
      }
      Measured.say(
          "tokensAreSharedOverTls",
          "one fetch for two replicas; none shared with a server that is not trusted");
    }
  }

  private BrokerProcess.Settings overTls(TcpProxy proxy, Certificate trusted) {
    return site.settings()
        .with("quarkus.redis.hosts", "rediss://127.0.0.1:" + proxy.port())
        .with("quarkus.redis.tls-configuration-name", "redis")
        .with("quarkus.tls.redis.trust-store.p12.path", trusted.file())
        .with("quarkus.tls.redis.trust-store.p12.password", Certificate.PASSWORD);
  }

  private void awaitShared() {
    Together.await(site.brokers(), site.upstream(), site.caller(), this::fresh);
  }

  private String fresh() {
    return "/tokens/client-" + serial.incrementAndGet();
  }
}
