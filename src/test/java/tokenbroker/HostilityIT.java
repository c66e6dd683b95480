package tokenbroker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Clients;
import tokenbroker.testing.Measured;
import tokenbroker.testing.Site;
import tokenbroker.testing.SteadyCallers;

/** Proves that hostile or careless clients do not harm other clients. */
class HostilityIT {

  private static final String PATH = "/tokens/client-0";

  @RegisterExtension
  private static final Site SITE =
      new Site()
          .inMemory()
          .clients(2, "system:serviceaccount:shop:*")
          .with("broker.callers.rate-limit", "500")
          .with("broker.server.plain-http2", "true")
          .brokers(1);

  private static BrokerProcess broker;

  @BeforeAll
  static void start() {
    broker = SITE.broker(0);
    assertThat(broker.get(PATH, SITE.caller()).statusCode()).isEqualTo(200);
  }

  @Test
  void fiveThousandOpenConnectionsAndSlowHeadsHarmNobody() throws IOException {
    var connections = new ArrayList<Socket>();
    try {
      for (var i = 0; i < 5000; i++) {
        var socket = new Socket(InetAddress.getLoopbackAddress(), broker.port());
        connections.add(socket);
        if (i % 10 == 0) {
          socket
              .getOutputStream()
              .write("GET /tokens/client-0 HTTP/1.1\r\nHost: x".getBytes(UTF_8));
        }
      }
      try (var good = SteadyCallers.on(List.of(broker), List.of(PATH), SITE.caller(), 100)) {
        await().until(() -> good.answered() > 200);
        var calls = good.end();
        assertThat(calls).allSatisfy(call -> assertThat(call.status()).isEqualTo(200));
        Measured.say(
            "fiveThousandOpenConnectionsAndSlowHeadsHarmNobody",
            "%d connections, 500 of them within a head; %d calls, 0 failed"
                .formatted(connections.size(), calls.size()));
      }
    } finally {
      for (var socket : connections) {
        socket.close();
      }
    }
  }

  @Test
  void aHeadOfAMegabyteIsRefused() throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), broker.port())) {
      socket.setSoTimeout(30_000);
      var line = "";
      try {
        socket
            .getOutputStream()
            .write(
                ("GET "
                        + PATH
                        + " HTTP/1.1\r\nHost: x\r\nX-Large: "
                        + "x".repeat(1 << 20)
                        + "\r\n\r\n")
                    .getBytes(UTF_8));
        var answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        line = answer.readLine();
      } catch (SocketException e) {
        line = null; // Closed before the whole request was sent.
      }
      assertThat(line)
          .satisfiesAnyOf(it -> assertThat(it).isNull(), it -> assertThat(it).contains("431"));
      assertThat(broker.get(PATH, SITE.caller()).statusCode()).isEqualTo(200);
      Measured.say("aHeadOfAMegabyteIsRefused", line == null ? "connection closed" : line);
    }
  }

  @Test
  void aPathThatNoAddressMayHaveIsTheCallersFault() {
    assertThat(pipelined(List.of("/tokens/%zz", "/tokens/%", PATH)))
        .isEqualTo(List.of(400, 400, 200));
  }

  @Test
  void pipelinedRequestsAreAnsweredInTheirOrder() {
    var paths =
        IntStream.range(0, 200)
            .mapToObj(i -> i % 2 == 0 ? PATH : "/tokens/no-such-client")
            .toList();
    var statuses = pipelined(paths);
    assertThat(statuses)
        .isEqualTo(IntStream.range(0, 200).mapToObj(i -> i % 2 == 0 ? 200 : 403).toList());
    Measured.say("pipelinedRequestsAreAnsweredInTheirOrder", "200 of 200");
  }

  /** Vert.x would start each request when the one before it ends, on the same stack. */
  @Test
  void aThousandPipelinedRequestsThatWaitForOneAreAnswered() {
    var patient = SITE.token("system:serviceaccount:shop:patient");
    var stranger = SITE.token("system:serviceaccount:other:stranger");
    var requests = new ArrayList<String>();
    for (var i = 0; i < 1000; i++) {
      requests.add(get(PATH, i % 3 == 0 ? stranger : patient));
    }
    requests.set(0, get("/tokens/client-1", patient));
    requests.set(500, invalidate(PATH, patient));
    SITE.upstream().hold();
    var statuses =
        answers(
            requests,
            () -> {
              await().until(() -> SITE.upstream().count("id-1") > 0);
              SITE.upstream().release();
            });
    assertThat(statuses)
        .isEqualTo(
            IntStream.range(0, 1000).mapToObj(i -> i > 0 && i % 3 == 0 ? 403 : 200).toList());
    Measured.say("aThousandPipelinedRequestsThatWaitForOneAreAnswered", "1000 of 1000");
  }

  @Test
  void aHundredThousandUnknownClientNamesLeaveNoTrace() {
    var scanner = SITE.token("system:serviceaccount:other:scanner");
    pipelined(IntStream.range(0, 100).mapToObj(i -> "/tokens/warm-up-" + i).toList());
    var series = broker.metrics().lines().count();
    var heap = broker.liveHeap();
    var refused = new AtomicInteger();
    var limited = new AtomicInteger();
    for (var batch = 0; batch < 1000; batch++) {
      var first = batch * 100;
      var jwt = SITE.token("system:serviceaccount:other:scanner-" + batch);
      var paths = IntStream.range(first, first + 100).mapToObj(i -> "/tokens/name-" + i).toList();
      for (var status : pipelined(paths, jwt)) {
        (status == 403 ? refused : limited).incrementAndGet();
      }
    }
    assertThat(refused).hasValue(100_000);
    assertThat(broker.get("/tokens/name-1", scanner).statusCode()).isEqualTo(403);
    assertThat(broker.metrics().lines().count()).isLessThan(series + 20);
    var grown = broker.liveHeap() - heap;
    // The broker caches a bounded thousand callers. Storing even 100 bytes for each name would
    // exceed this limit.
    assertThat(grown).as("growth of the live heap, in bytes").isLessThan(8 << 20);
    Measured.say(
        "aHundredThousandUnknownClientNamesLeaveNoTrace",
        "%d lines of metrics before, %d after; live heap grown by %.1f MiB"
            .formatted(series, broker.metrics().lines().count(), grown / 1048576.0));
  }

  @Test
  void aFloodOfBadTokensLeavesGoodCallersTheirLatency() throws Exception {
    var forger = new CallerTokens("k1"); // the right key id, and another key
    var forged =
        IntStream.range(0, 200)
            .mapToObj(i -> forger.token("system:serviceaccount:shop:" + i))
            .toList();
    var over = new AtomicBoolean();
    var refused = new AtomicInteger();
    try (var good = SteadyCallers.on(List.of(broker), List.of(PATH), SITE.caller(), 100);
        var flood = Executors.newVirtualThreadPerTaskExecutor()) {
      await().until(() -> good.answered() > 300);
      var before = good.soFar();
      for (var i = 0; i < 4; i++) {
        var offset = i;
        flood.execute(
            () -> {
              for (var next = offset; !over.get(); next += 4) {
                var bad = forged.get(next % forged.size());
                var status = broker.get(PATH, bad).statusCode();
                assertThat(status).isIn(401, 503);
                refused.incrementAndGet();
              }
            });
      }
      await().until(() -> refused.get() > 1000);
      var newcomer = broker.get(PATH, SITE.token(Clients.CALLER));
      over.set(true);
      var during = good.end().subList(before.size(), good.answered());

      assertThat(newcomer.statusCode()).isEqualTo(200);
      assertThat(during).allSatisfy(call -> assertThat(call.status()).isEqualTo(200));
      var median = SteadyCallers.percentile(before, 0.5).toNanos();
      var meanwhile = SteadyCallers.percentile(during, 0.5).toNanos();
      Measured.say(
          "aFloodOfBadTokensLeavesGoodCallersTheirLatency",
          "median %.1f times that before, while %d bad tokens were refused"
              .formatted((double) meanwhile / median, refused.get()));
    }
  }

  @Test
  void streamsThatAreOpenedToBeResetEndTheirConnection() throws Exception {
    var options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false)
            .setDefaultPort(broker.port())
            .setDefaultHost("127.0.0.1");
    var vertx = Vertx.vertx();
    try {
      var client = vertx.createHttpClient(options, new PoolOptions().setHttp2MaxSize(1));
      var closed = new CompletableFuture<Void>();
      for (var i = 0; i < 300; i++) { // Streams that end normally do not close the connection.
        var request = stream(client, closed);
        assertThat(get(request.send()).statusCode()).isEqualTo(200);
      }
      assertThat(closed).isNotDone();

      var resets = 0;
      while (resets < 10_000 && !closed.isDone()) {
        try {
          var request = stream(client, closed);
          get(request.sendHead());
          request.reset();
          resets++;
        } catch (ExecutionException e) {
          break; // Closed in the meantime.
        }
      }
      assertThat(resets).isBetween(200, 2_000);
      closed.get(30, TimeUnit.SECONDS);
      assertThat(broker.get(PATH, SITE.caller()).statusCode()).isEqualTo(200);
      Measured.say(
          "streamsThatAreOpenedToBeResetEndTheirConnection",
          "300 whole streams, then closed after %d that were reset".formatted(resets));
    } finally {
      get(vertx.close());
    }
  }

  private static HttpClientRequest stream(HttpClient client, CompletableFuture<Void> closed)
      throws Exception {
    var request = get(client.request(HttpMethod.GET, PATH));
    request.exceptionHandler(reset -> {});
    request.connection().closeHandler(closed::complete);
    return request.putHeader("Authorization", "Bearer " + SITE.caller());
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void oneCallerOverItsRateHarmsNoOther() {
    var greedy = SITE.token("system:serviceaccount:other:greedy");
    var statuses =
        IntStream.range(0, 40)
            .mapToObj(i -> pipelined(IntStream.range(0, 100).mapToObj(j -> PATH).toList(), greedy))
            .flatMap(List::stream)
            .toList();
    assertThat(statuses).contains(429);
    assertThat(broker.get(PATH, SITE.caller()).statusCode()).isEqualTo(200);
    Measured.say(
        "oneCallerOverItsRateHarmsNoOther",
        statuses.stream().filter(status -> status == 429).count() + " of 4000 refused with 429");
  }

  private static List<Integer> pipelined(List<String> paths) {
    return pipelined(paths, SITE.caller());
  }

  private static List<Integer> pipelined(List<String> paths, String jwt) {
    return answers(paths.stream().map(path -> get(path, jwt)).toList(), () -> {});
  }

  private static String get(String path, String jwt) {
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + jwt + "\r\n\r\n";
  }

  private static String invalidate(String path, String jwt) {
    var body = "{\"token_id\":\"%s\"}".formatted("A".repeat(22));
    return """
        POST %s/invalidate HTTP/1.1\r
        Host: x\r
        Authorization: Bearer %s\r
        Content-Type: application/json\r
        Content-Length: %d\r
        \r
        %s"""
        .formatted(path, jwt, body.length(), body);
  }

  /**
   * Sends all requests at once on one connection. Returns the statuses of the responses in order.
   */
  private static List<Integer> answers(List<String> requests, Runnable whenSent) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), broker.port())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(String.join("", requests).getBytes(UTF_8));
      whenSent.run();
      var answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      var statuses = new ArrayList<Integer>();
      while (statuses.size() < requests.size()) {
        statuses.add(Integer.parseInt(answers.readLine().split(" ", 3)[1]));
        var length = 0;
        for (var header = answers.readLine(); !header.isEmpty(); header = answers.readLine()) {
          if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
            length = Integer.parseInt(header.substring("content-length:".length()).strip());
          }
        }
        answers.skip(length); // The whole body is ASCII.
      }
      return statuses;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
