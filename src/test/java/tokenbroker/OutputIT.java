package tokenbroker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Clients;
import tokenbroker.testing.Measured;
import tokenbroker.testing.OutputPipe;
import tokenbroker.testing.Site;
import tokenbroker.testing.SteadyCallers;

/**
 * Proves that the packaged broker keeps serving while its standard output is a full pipe that
 * nobody reads.
 */
class OutputIT {

  private static final String PATH = "/tokens/client-0";
  private static final String SUBJECTS = "system:serviceaccount:shop:*";

  @RegisterExtension
  private final Site site =
      new Site()
          .inMemory()
          .clients(1, SUBJECTS)
          .with("broker.clients.reload-every", "100ms")
          .with("broker.upstream.backoff", "100ms");

  private OutputPipe pipe;
  private BrokerProcess broker;

  @BeforeEach
  void start() {
    pipe = OutputPipe.in(site.directory());
    broker = site.start(site.settings().output(pipe));
  }

  @AfterEach
  void end() {
    pipe.close();
  }

  @Test
  void aClientWhoseFetchFailedIsFetchedAgain() {
    site.upstream().answer(Answer.html(503));
    pipe.stopReading();

    assertThat(broker.get(PATH, site.caller()).statusCode()).isEqualTo(503);

    site.upstream().answer(Answer.token());
    await().until(() -> broker.get(PATH, site.caller()).statusCode() == 200);
    Measured.say("aClientWhoseFetchFailedIsFetchedAgain", "503, then 200 when TrackMage was back");
  }

  @Test
  void everyChangeOfTheClientsFileIsTakenOver() {
    pipe.stopReading();
    for (var clients = 2; clients < 6; clients++) {
      Clients.write(site.files(), site.upstream(), clients, SUBJECTS);
      var newest = "/tokens/client-" + (clients - 1);
      await().until(() -> broker.get(newest, site.caller()).statusCode() == 200);
    }
    Measured.say("everyChangeOfTheClientsFileIsTakenOver", "4 changes, each taken over");
  }

  @Test
  void requestsThatAreRefusedStopNobody() throws IOException {
    assertThat(broker.get(PATH, site.caller()).statusCode()).isEqualTo(200);
    pipe.stopReading();
    var open = new ArrayList<Socket>();
    try (var good = SteadyCallers.on(List.of(broker), List.of(PATH), site.caller(), 100)) {
      for (var i = 0; i < 64; i++) {
        open.add(sent("GET " + PATH + " HTTP/1.1\r\n\r\n"));
        open.add(sent("GET " + PATH + " HTTP/1.1\r\nHost: x\r\n\r\n"));
        open.add(sent("GET " + PATH + " HTTP/1.1\r\nHost: :x:\r\nAuthorization: Bearer x\r\n\r\n"));
      }
      var before = good.answered();
      await().until(() -> good.answered() > before + 200);

      assertThat(broker.answersManagement("/q/health/live")).isTrue();
      assertThat(broker.answersManagement("/q/health/ready")).isTrue();
      var calls = good.end();
      assertThat(calls).allSatisfy(call -> assertThat(call.status()).isEqualTo(200));
      Measured.say(
          "requestsThatAreRefusedStopNobody",
          "192 requests without Host or JWT; %d calls, 0 failed".formatted(calls.size()));
    } finally {
      for (var socket : open) {
        socket.close();
      }
    }
  }

  @Test
  void afterSigtermItEnds() throws Exception {
    site.upstream().answer(Answer.html(503));
    pipe.stopReading();
    assertThat(broker.get(PATH, site.caller()).statusCode()).isEqualTo(503);

    broker.terminate();

    assertThat(broker.handle().onExit().get(60, TimeUnit.SECONDS)).isNotNull();
    assertThat(broker.exitCode()).isEqualTo(143);
    Measured.say("afterSigtermItEnds", "ended with 143 while nobody read");
  }

  @Test
  void lostLinesAreCountedAndToldWhenTheOutputIsReadAgain() {
    try (var wordy =
        site.settings().with("quarkus.http.access-log.enabled", true).output(pipe).start()) {
      pipe.stopReading();
      loseAuditLines(wordy);
      loseLogLines(wordy);
      assertThat(wordy.managementGet("/q/health/ready")).contains("\"stdout\": \"blocked for ");
      assertThat(wordy.get(PATH, site.caller()).statusCode()).isEqualTo(200);
      assertThat(wordy.output()).doesNotContain("were dropped");

      pipe.goOnReading();
      wordy.awaitOutput("The output accepts lines again");
      await()
          .until(() -> wordy.managementGet("/q/health/ready").contains("\"stdout\": \"flowing\""));
      assertThat(
              wordy
                  .output()
                  .lines()
                  .filter(line -> line.contains("The output accepts lines again")))
          .hasSize(1);
      Measured.say(
          "lostLinesAreCountedAndToldWhenTheOutputIsReadAgain",
          "%.0f log lines and %.0f audit lines lost, told in one line"
              .formatted(dropped(wordy, "log"), dropped(wordy, "audit")));
    }
  }

  @Test
  void whatCannotBeAuditedIsNotServedIfThatIsRequired() {
    var served = new AtomicInteger();
    try (var required = site.settings().with("broker.audit.required", true).output(pipe).start()) {
      assertThat(status(required, served)).isEqualTo(200);
      pipe.stopReading();
      await().until(() -> status(required, served) == 503);

      var refused = required.get(PATH, site.caller());
      assertThat(refused.body()).contains("\"code\":\"audit_unavailable\"");
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(required.get("/clients", site.caller()).statusCode()).isEqualTo(503);
      assertThat(required.isReady()).isFalse();
      assertThat(required.answersManagement("/q/health/live")).isTrue();
      assertThat(required.metric("token_broker_audit_available")).isZero();

      pipe.goOnReading();
      await().until(() -> status(required, served) == 200);
      assertThat(required.isReady()).isTrue();
      assertThat(required.metric("token_broker_audit_dropped_total")).isZero();
      await().until(() -> linesWithATokenId(required) == served.get());
      Measured.say(
          "whatCannotBeAuditedIsNotServedIfThatIsRequired",
          served + " tokens served before and after, each with its line; 503 meanwhile");
    }
  }

  @Test
  void aRequestThatCannotBeAuditedCountsOnceTowardsTheRateLimit() {
    var limited =
        site.settings()
            .with("broker.audit.required", true)
            .with("broker.callers.rate-limit", 1)
            .with("broker.callers.burst", 30)
            .output(pipe);
    try (var required = limited.start()) {
      assertThat(required.get(PATH, site.caller()).statusCode()).isEqualTo(200);
      pipe.stopReading();
      var others = new AtomicInteger();
      await()
          .until(
              () -> {
                var other = site.token(SUBJECTS.replace("*", "n" + others.incrementAndGet()));
                return required.get(PATH, other).statusCode() == 503;
              });

      for (var i = 0; i < 29; i++) {
        assertThat(required.get(PATH, site.caller()).body())
            .contains("\"code\":\"audit_unavailable\"");
      }
    }
  }

  private int status(BrokerProcess required, AtomicInteger served) {
    var status = required.get(PATH, site.caller()).statusCode();
    if (status == 200) {
      served.incrementAndGet();
    }
    return status;
  }

  private static long linesWithATokenId(BrokerProcess required) {
    return required.output().lines().filter(line -> line.contains("\"token_id\"")).count();
  }

  /** Fills the pipe with the audit lines of requests whose subject is as long as a JWT can hold. */
  private void loseAuditLines(BrokerProcess wordy) {
    var longest = site.token(SUBJECTS.replace("*", "x".repeat(4_000)));
    for (var i = 0; dropped(wordy, "audit") == 0; i++) {
      assertThat(i).isLessThan(100);
      for (var hit = 0; hit < 200; hit++) {
        assertThat(wordy.get(PATH, longest).statusCode()).isEqualTo(200);
      }
    }
  }

  /** Fills the pipe with log lines: one for each request, with its URL. */
  private static void loseLogLines(BrokerProcess wordy) {
    var path = "/none?" + "x".repeat(4_000);
    for (var i = 0; dropped(wordy, "log") == 0; i++) {
      assertThat(i).isLessThan(100);
      for (var request = 0; request < 200; request++) {
        assertThat(wordy.get(path, "none").statusCode()).isEqualTo(404);
      }
    }
  }

  private static double dropped(BrokerProcess wordy, String stream) {
    return wordy.metric("token_broker_" + stream + "_dropped_total");
  }

  private Socket sent(String request) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), broker.port());
    socket.getOutputStream().write(request.getBytes(UTF_8));
    return socket;
  }
}
