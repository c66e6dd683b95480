package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.testing.Measured;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.Site;
import tokenbroker.testing.SteadyCallers;
import tokenbroker.testing.TcpProxy;
import tokenbroker.testing.Together;

/**
 * Proves that callers get their tokens during every failure of Redis, and that the broker recovers
 * by itself.
 */
class RedisOutageIT {

  private static final int CLIENTS = 4000;
  private static final AtomicInteger SERIAL = new AtomicInteger();

  @RegisterExtension
  private static final Site SITE =
      new Site().clients(CLIENTS).with("broker.callers.rate-limit", "0");

  private static TcpProxy network;

  static Stream<Fault> faults() {
    return Stream.of(
        new Fault("killed", RealRedis::stop, RealRedis::restart),
        new Fault("paused", RealRedis::pause, RealRedis::resume),
        new Fault("cut off", redis -> network.cut(), redis -> network.mend()),
        new Fault(
            "slow by 200 ms",
            redis -> network.latency(Duration.ofMillis(200)),
            redis -> network.latency(Duration.ZERO)),
        new Fault(
            "slow by 2 s",
            redis -> network.latency(Duration.ofSeconds(2)),
            redis -> network.latency(Duration.ZERO)),
        new Fault(
            "no room for a client",
            redis -> network.answer("-ERR max number of clients reached\r\n", false),
            redis -> network.mend()),
        new Fault("wiped", redis -> redis.command("FLUSHALL"), redis -> {}),
        new Fault(
            "READONLY",
            redis -> redis.command("REPLICAOF 127.0.0.1 1"),
            redis -> redis.command("REPLICAOF NO ONE")),
        new Fault(
            "out of memory",
            redis -> redis.command("CONFIG SET maxmemory 1"),
            redis -> redis.command("CONFIG SET maxmemory 0")),
        new Fault(
            "wrong password",
            redis -> {
              redis.command("CONFIG SET requirepass another");
              redis.command("AUTH another\r\nCLIENT KILL TYPE normal");
              redis.command("AUTH another\r\nCLIENT KILL TYPE pubsub");
            },
            redis -> redis.command("AUTH another\r\nCONFIG SET requirepass \"\"")));
  }

  @BeforeAll
  static void start() {
    network = new TcpProxy(SITE.redis().port());
    SITE.start(
        SITE.settings().with("quarkus.redis.hosts", "redis://127.0.0.1:" + network.port()), 2);
  }

  @AfterAll
  static void end() {
    network.close();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void noCallFailsAndEverythingHeals(Fault fault) {
    awaitShared();
    var warm = fresh();
    SITE.brokers()
        .forEach(broker -> assertThat(broker.get(warm, SITE.caller()).statusCode()).isEqualTo(200));
    try (var hits = SteadyCallers.on(SITE.brokers(), List.of(warm), SITE.caller(), 100)) {
      await().until(() -> hits.answered() > 100);
      var before = SteadyCallers.percentile(hits.soFar(), 0.5);
      var begunAt = hits.answered();
      fault.begin.accept(SITE.redis());
      List<Miss> misses;
      try {
        misses = misses(20);
        await().atMost(Duration.ofMinutes(1)).until(() -> hits.answered() > begunAt + 300);
      } finally {
        fault.end.accept(SITE.redis());
      }
      var during = hits.soFar().subList(begunAt, begunAt + 300);
      var hitsDuring = SteadyCallers.percentile(during, 0.5);
      awaitShared();

      assertThat(hits.end()).allSatisfy(call -> assertThat(call.status()).isEqualTo(200));
      assertThat(misses).allSatisfy(miss -> assertThat(miss.status).isEqualTo(200));
      var longest = misses.stream().map(Miss::took).max(Duration::compareTo).orElseThrow();
      Measured.say(
          "noCallFailsAndEverythingHeals(" + fault + ")",
          "0 calls failed; median hit %.2f ms before, %.2f ms meanwhile; longest of %d misses %d ms"
              .formatted(millis(before), millis(hitsDuring), misses.size(), longest.toMillis()));
    }
  }

  @Test
  void twoThousandMissesAtOnceFailNoneAndOpenFewConnections() {
    awaitShared();
    var calls = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    for (var i = 0; i < 2000; i++) {
      calls.add(SITE.broker(i % 2).sendAsync(fresh(), SITE.caller()));
    }
    assertThat(calls).allSatisfy(call -> assertThat(call.join().statusCode()).isEqualTo(200));
    assertThat(network.connections()).isLessThan(20);
    Measured.say(
        "twoThousandMissesAtOnceFailNoneAndOpenFewConnections",
        network.connections() + " connections of two replicas");
  }

  private static void awaitShared() {
    Together.await(SITE.brokers(), SITE.upstream(), SITE.caller(), RedisOutageIT::fresh);
  }

  private static List<Miss> misses(int count) {
    var misses = new ArrayList<Miss>();
    for (var i = 0; i < count; i++) {
      var begun = System.nanoTime();
      var status = SITE.broker(i % 2).get(fresh(), SITE.caller()).statusCode();
      misses.add(new Miss(status, Duration.ofNanos(System.nanoTime() - begun)));
    }
    return misses;
  }

  /** Returns the path of a client that no test has used yet. */
  private static String fresh() {
    return "/tokens/client-" + SERIAL.incrementAndGet();
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }

  /** A failure of Redis: how it begins and how it ends. */
  record Fault(String name, Consumer<RealRedis> begin, Consumer<RealRedis> end) {
    @Override
    public String toString() {
      return name;
    }
  }

  private record Miss(int status, Duration took) {}
}
