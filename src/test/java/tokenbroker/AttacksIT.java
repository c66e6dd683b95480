package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import javax.net.SocketFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Certificate;
import tokenbroker.testing.HeldConnections;
import tokenbroker.testing.Http2Attacker;
import tokenbroker.testing.Measured;
import tokenbroker.testing.OpenCallers;
import tokenbroker.testing.Site;

/**
 * Proves that nobody who can reach a port can end the process. Each attack is four times the size
 * of the one that once did, and the broker has the memory of the container in the manifests.
 */
class AttacksIT {

  private static final String PATH = "/tokens/client-0";
  private static final int GOOD_CALLERS = 50;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @RegisterExtension private static final Site SITE = new Site().inMemory().clients(2);

  private static Certificate certificate;
  private static BrokerProcess plain;
  private static BrokerProcess tls;

  @BeforeAll
  static void start() {
    var files = SITE.directory().resolve("tls");
    certificate = Certificate.in(SITE.directory());
    certificate.writePem(files);
    plain = SITE.start(inContainer());
    tls =
        SITE.start(
            inContainer()
                .environment("QUARKUS_PROFILE", "tls")
                .with("quarkus.tls.http.key-store.pem.0.cert", files.resolve("tls.crt"))
                .with("quarkus.tls.http.key-store.pem.0.key", files.resolve("tls.key")));
  }

  /** The JVM options of the image, with a heap of a quarter of 512 MiB. */
  private static BrokerProcess.Settings inContainer() {
    return SITE.settings()
        .jvm("@" + Path.of("jvm.options").toAbsolutePath())
        .jvm("-XX:-DisableAttachMechanism") // The heap is measured by jcmd.
        .jvm("-Xmx128m");
  }

  @Test
  void headsThatDoNotEndHarmNobody() {
    var head = "GET / HTTP/1.1\r\nHost: x\r\n" + ("X: " + "x".repeat(995) + "\r\n").repeat(11);
    attackWithConnections("headsThatDoNotEndHarmNobody", 24_000, head);
  }

  @Test
  void bodiesThatDoNotEndHarmNobody() {
    var body =
        "POST "
            + PATH
            + "/invalidate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\nAuthorization: Bearer "
            + SITE.caller()
            + "\r\n\r\n"
            + ("3e8\r\n" + "x".repeat(1000) + "\r\n").repeat(16);
    attackWithConnections("bodiesThatDoNotEndHarmNobody", 8_000, body);
  }

  private static void attackWithConnections(String test, int connections, String words) {
    var heap = plain.liveHeap();
    try (var good = new OpenCallers(GOOD_CALLERS, SocketFactory.getDefault(), plain.port(), get());
        var attack = new HeldConnections(plain.port())) {
      attack.open(connections, words);
      var held = attack.held();
      assertThat(held).isLessThanOrEqualTo(1024 - GOOD_CALLERS);
      var meanwhile = plain.liveHeap();
      await().atMost(PATIENCE).until(() -> attack.held() == 0);
      verify(
          test,
          good,
          plain,
          heap,
          "%d connections, %d at once".formatted(connections, held),
          meanwhile);
    }
  }

  /** Clients assume this limit before they have read the server's, and must not be refused. */
  @Test
  void aConnectionHasAHundredStreamsBeforeItKnowsTheLimit() {
    try (var early = attacker(0, false)) {
      early.open(100, 1_000);
      await().atMost(PATIENCE).until(() -> early.answered() == 100);
    }
  }

  @Test
  void streamsBeyondTheLimitThatIsNotAcknowledgedHarmNobody() {
    var heap = tls.liveHeap();
    var opened = 0;
    var connections = 0;
    try (var good = new OpenCallers(GOOD_CALLERS, sockets(), tls.port(), get())) {
      while (opened < 40_000) {
        try (var attacker = attacker(connections++, false)) {
          opened += attacker.open(4000, connections % 2 == 0 ? 13_000 : 7_500);
        }
      }
      verify(
          "streamsBeyondTheLimitThatIsNotAcknowledgedHarmNobody",
          good,
          tls,
          heap,
          "%d streams on %d connections, one after the other".formatted(opened, connections),
          tls.liveHeap());
    }
  }

  @Test
  void manyConnectionsFullOfStreamsHarmNobody() {
    var heap = tls.liveHeap();
    var attackers = new ArrayList<Http2Attacker>();
    try (var good = new OpenCallers(GOOD_CALLERS, sockets(), tls.port(), get());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      IntStream.range(0, 56).forEach(i -> attackers.add(attacker(i, true)));
      attackers.forEach(attacker -> threads.execute(() -> attacker.open(32, 11_000)));
      await()
          .atMost(PATIENCE)
          .until(() -> tls.metric("token_broker_server_connections{port=\"callers\"") > 900);
      var meanwhile = tls.liveHeap();
      attackers.forEach(attacker -> threads.execute(() -> attacker.open(218, 11_000)));
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  tls.metric("token_broker_server_connections{port=\"callers\"")
                      <= GOOD_CALLERS + 56);
      attackers.forEach(Http2Attacker::close);
      verify(
          "manyConnectionsFullOfStreamsHarmNobody",
          good,
          tls,
          heap,
          "56 connections with 250 streams each",
          meanwhile);
    } finally {
      attackers.forEach(Http2Attacker::close);
    }
  }

  private static void verify(
      String test,
      OpenCallers good,
      BrokerProcess broker,
      long before,
      String attack,
      long during) {
    var answered = good.answered();
    await().atMost(PATIENCE).until(() -> good.answered() > answered + GOOD_CALLERS);
    good.close();
    await()
        .atMost(PATIENCE)
        .until(() -> broker.metric("token_broker_server_connections{port=\"callers\"") == 0);
    var after = broker.liveHeap();
    assertThat(broker.handle().isAlive()).isTrue();
    assertThat(good.failures()).isEmpty();
    assertThat(broker.output()).doesNotContain("\"level\":\"ERROR\"");
    assertThat(after - before).as("growth of the live heap, in bytes").isLessThan(8 << 20);
    Measured.say(
        test,
        "%s; %d calls, 0 failed; live heap %.0f MiB before, %.0f meanwhile, %.0f after"
            .formatted(attack, good.answered(), mib(before), mib(during), mib(after)));
  }

  private static double mib(long bytes) {
    return bytes / 1048576.0;
  }

  private static Http2Attacker attacker(int number, boolean acknowledges) {
    return new Http2Attacker(
        certificate.trust(), "127.0.0." + (2 + number % 8), tls.port(), acknowledges);
  }

  private static SocketFactory sockets() {
    return certificate.trust().getSocketFactory();
  }

  private static String get() {
    return "GET "
        + PATH
        + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
        + SITE.caller()
        + "\r\n\r\n";
  }
}
