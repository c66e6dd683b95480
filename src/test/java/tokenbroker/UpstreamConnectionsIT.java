package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Clients;
import tokenbroker.testing.FullServer;
import tokenbroker.testing.Measured;
import tokenbroker.testing.RawServer;

/** Proves that requests succeed although connections to the upstream do not open or end early. */
class UpstreamConnectionsIT {

  private static final CallerTokens ISSUER = new CallerTokens("k1");
  private static final int CLIENTS = 50;
  private static final AtomicInteger SERIAL = new AtomicInteger();

  private static final RawServer.Script TOKENS =
      line -> {
        line.request();
        line.answer(200, token());
      };

  @TempDir Path directory;

  /** {@code localhost} has two addresses, and a server listens on one of them. */
  @ParameterizedTest
  @CsvSource({
    "the first of two, 127.0.0.2, 127.0.0.1, 127.0.0.1",
    "the second of two, 127.0.0.1, 127.0.0.2, 127.0.0.1",
    "the IPv4 one, 127.0.0.1, ::1, ::1",
  })
  void aDeadAddressFailsNoCall(String dead, String first, String second, String live)
      throws IOException {
    try (var upstream = RawServer.on(live, 0).script(TOKENS);
        var keys = keysAt(live);
        var broker = broker(upstream, keys, first, second)) {
      assertThat(failedCalls(broker)).isZero();
      say("aDeadAddressFailsNoCall(" + dead + ")", CLIENTS + " cold calls, 0 failed");
    }
  }

  /** The connection is never accepted, so a request to it would exceed every time limit. */
  @Test
  void anAddressThatHangsFailsNoCall() throws IOException {
    try (var upstream = RawServer.on("127.0.0.1", 0).script(TOKENS);
        var keys = keysAt("127.0.0.1");
        var hanging = FullServer.on("127.0.0.2", upstream.port());
        var broker = broker(upstream, keys, "127.0.0.2", "127.0.0.1")) {
      assertThat(hanging.port()).isEqualTo(upstream.port());
      var start = System.nanoTime();
      var slowest = Duration.ZERO;
      for (var client = 0; client < CLIENTS; client++) {
        var begun = System.nanoTime();
        assertThat(status(broker, client)).isEqualTo(200);
        var took = Duration.ofNanos(System.nanoTime() - begun);
        slowest = took.compareTo(slowest) > 0 ? took : slowest;
      }
      var all = Duration.ofNanos(System.nanoTime() - start);
      say(
          "anAddressThatHangsFailsNoCall",
          "%d cold calls, 0 failed; the slowest took %d ms, all of them %d ms"
              .formatted(CLIENTS, slowest.toMillis(), all.toMillis()));
    }
  }

  @Test
  void aKeptConnectionThatEndsUnderARequestFailsNoCall() throws IOException {
    try (var keys = keysAt("127.0.0.1");
        var upstream =
            RawServer.start()
                .script(
                    line -> {
                      TOKENS.run(line);
                      line.request();
                    });
        var broker = broker(upstream, keys, "127.0.0.1", "127.0.0.1")) {
      assertThat(failedCalls(broker)).isZero();
      var lost = upstream.heads().size() - CLIENTS;
      assertThat(lost).isPositive();
      say(
          "aKeptConnectionThatEndsUnderARequestFailsNoCall",
          "%d cold calls, 0 failed; %d connections ended under a request".formatted(CLIENTS, lost));
    }
  }

  private BrokerProcess broker(RawServer upstream, RawServer keys, String first, String second)
      throws IOException {
    assumeFalse(BrokerProcess.isNative(), "the names are those of a file that a JVM reads");
    var files = new BrokerFiles(directory);
    Clients.write(files, "http://localhost:" + upstream.port(), CLIENTS);
    var hosts = directory.resolve("hosts");
    Files.writeString(hosts, "%s localhost%n%s localhost%n".formatted(first, second));
    return BrokerProcess.with(files)
        .jvm("-Djdk.net.hosts.file=" + hosts)
        .with("broker.store", "memory")
        .with("broker.issuers.test.keys", "http://localhost:" + keys.port() + "/jwks")
        .start();
  }

  private static RawServer keysAt(String address) {
    return RawServer.on(address, 0)
        .script(
            line -> {
              line.request();
              line.answer(200, ISSUER.jwks());
            });
  }

  private static String token() {
    return "{\"access_token\":\"tm.%d\",\"expires_in\":3600,\"token_type\":\"bearer\"}"
        .formatted(SERIAL.incrementAndGet());
  }

  private static int failedCalls(BrokerProcess broker) {
    var failed = 0;
    for (var client = 0; client < CLIENTS; client++) {
      failed += status(broker, client) == 200 ? 0 : 1;
    }
    return failed;
  }

  private static int status(BrokerProcess broker, int client) {
    return broker.get("/tokens/client-" + client, ISSUER.token(Clients.CALLER)).statusCode();
  }

  private static void say(String test, String figure) {
    Measured.say("UpstreamConnectionsIT." + test, figure);
  }
}
