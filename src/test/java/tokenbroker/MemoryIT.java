package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.HeldConnections;
import tokenbroker.testing.Measured;
import tokenbroker.testing.OpenCallers;
import tokenbroker.testing.OutputPipe;
import tokenbroker.testing.RawConnection;
import tokenbroker.testing.ScriptedUpstream;
import tokenbroker.testing.Site;

/**
 * Proves that the broker survives in the documented container while everything that others can fill
 * is full.
 */
class MemoryIT {

  /** The number of clients with tokens of 16 KiB: more than fit in an eighth of the heap. */
  private static final int SERVED = 1_200;

  /** The number of clients that fail: more than the broker remembers failures for. */
  private static final int FAILING = 6_000;

  /**
   * The number of callers with subjects of {@link #LENGTH}: more than fit in the caches of JWTs and
   * of rate limits.
   */
  private static final int CALLERS = 1_000;

  private static final int LENGTH = 2_800;

  private static final int AT_ONCE = 32;
  private static final int GOOD_CALLERS = 50;

  @RegisterExtension
  private final Site site = new Site().clients(SERVED + FAILING, "system:serviceaccount:shop:*");

  private final List<String> jwts = IntStream.range(0, CALLERS).mapToObj(this::jwt).toList();
  private OutputPipe pipe;
  private BrokerProcess broker;

  @BeforeEach
  void start() {
    pipe = OutputPipe.in(site.directory());
    broker =
        site.start(
            site.settings()
                .jvm("@" + Path.of("jvm.options").toAbsolutePath())
                .jvm("-XX:-DisableAttachMechanism") // The heap is measured by jcmd.
                .jvm("-Xmx128m")
                .output(pipe));
  }

  @AfterEach
  void end() {
    pipe.close();
  }

  @Test
  void withEverythingFullItServesOn() throws Exception {
    var before = broker.liveHeap();
    pipe.stopReading();
    site.upstream().answer(Answer.error("invalid_client"));
    askEach(SERVED, SERVED + FAILING, 502);
    site.upstream().answer(MemoryIT::hugeToken);
    site.upstream().answer("id-0", Answer.token());
    askEach(0, SERVED, 200);
    while (broker.metric("token_broker_audit_dropped_total") == 0) {
      askAgain(1_000);
    }
    assertThat(broker.metric("token_broker_nearby_evictions_total")).isPositive();

    var attack = "GET / HTTP/1.1\r\nHost: x\r\n" + ("X: " + "x".repeat(995) + "\r\n").repeat(11);
    var callers =
        new OpenCallers(GOOD_CALLERS, SocketFactory.getDefault(), broker.port(), request(0));
    String figures;
    try (callers;
        var attacker = new HeldConnections(broker.port())) {
      attacker.open(2_000, attack);
      await().until(() -> connections() > 900);
      var held = connections();
      var full = broker.liveHeap();
      var answered = callers.answered();
      await().until(() -> attacker.held() == 0 && callers.answered() > answered + GOOD_CALLERS);
      figures =
          "%d callers, %d failures, %d connections at once; %d calls, 0 failed; live heap %d MiB before, %d full"
              .formatted(CALLERS, FAILING, held, callers.answered(), before >> 20, full >> 20);
    }
    pipe.goOnReading();
    await().until(() -> ask(1) == 200);
    assertThat(callers.failures()).isEmpty();
    Measured.say("withEverythingFullItServesOn", figures);
  }

  private static void hugeToken(ScriptedUpstream.Exchange exchange) throws IOException {
    var token = UUID.randomUUID() + "x".repeat(16_000);
    exchange.respond(
        200, Map.of(), "{\"access_token\":\"%s\",\"expires_in\":3600}".formatted(token));
  }

  private int connections() {
    return (int) broker.metric("token_broker_server_connections{port=\"callers\"");
  }

  /** Sends this many requests for cached tokens on one connection. Nobody reads the audit lines. */
  private void askAgain(int times) {
    try (var connection = new RawConnection(broker.port())) {
      for (var i = 0; i < times; i++) {
        assertThat(connection.send(request(0)).answer().status()).isEqualTo(200);
      }
    }
  }

  /** Requests the token of each client once. */
  private void askEach(int from, int to, int status) throws Exception {
    var places = new Semaphore(AT_ONCE);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Integer>> calls =
          IntStream.range(from, to)
              .<Callable<Integer>>mapToObj(
                  client ->
                      () -> {
                        places.acquire();
                        try {
                          return ask(client);
                        } finally {
                          places.release();
                        }
                      })
              .toList();
      for (var call : threads.invokeAll(calls)) {
        assertThat(call.get()).isEqualTo(status);
      }
    }
  }

  private int ask(int client) {
    return broker.get("/tokens/client-" + client, jwts.get(client % CALLERS)).statusCode();
  }

  private String jwt(int caller) {
    var subject = "system:serviceaccount:shop:orders-" + caller + "-";
    return site.token(subject + "x".repeat(LENGTH - subject.length()));
  }

  private String request(int client) {
    return "GET /tokens/client-%d HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n"
        .formatted(client, jwts.get(client));
  }
}
