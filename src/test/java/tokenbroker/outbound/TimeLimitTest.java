package tokenbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tokenbroker.outbound.HttpUnderTest.assertThatItIs;
import static tokenbroker.outbound.HttpUnderTest.request;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.outbound.Reply.Late;
import tokenbroker.testing.FullServer;
import tokenbroker.testing.RawServer;

class TimeLimitTest {

  private static final Duration SHORT = Duration.ofMillis(100);

  private final RawServer server = RawServer.start();
  private final HttpUnderTest under = new HttpUnderTest();
  private final String url = "http://127.0.0.1:" + server.port() + "/";

  @AfterEach
  void close() {
    under.close();
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTT",
        "HTTP/1.1 200 OK\r\nX-",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{",
        "HTTP/1.1 200 OK\r\n\r\n{"
      })
  void anAnswerThatStopsIsLateAndHungUp(String beginning) {
    var hungUp = new CountDownLatch(1);
    server.script(
        line -> {
          line.request();
          line.write(beginning);
          line.waitForEnd();
          hungUp.countDown();
        });
    assertThat(under.http.send(request(url, true), SHORT)).isEqualTo(new Late());
    await().until(() -> hungUp.getCount() == 0);
    assertThat(server.heads()).hasSize(1);
  }

  @Test
  void connectingCountsWithinTheLimit() {
    try (var full = FullServer.start()) {
      var hanging = request("http://127.0.0.1:" + full.port() + "/", true);
      assertThat(under.http.send(hanging, SHORT)).isEqualTo(new Late());
    }
  }

  @Test
  void theRepetitionHasTheTimeThatIsLeft() {
    server.script(
        line -> {
          line.request();
          if (line.number() == 2) {
            line.waitForEnd();
          }
        });
    assertThat(under.http.send(request(url, true), SHORT)).isEqualTo(new Late());
    assertThat(server.heads()).hasSize(2);
  }

  @Test
  void aLimitThatIsUpSendsNothing() {
    assertThat(under.http.send(request(url, false), Duration.ZERO)).isEqualTo(new Late());
    assertThat(server.heads()).isEmpty();
  }

  @Test
  void aRequestThatEndedIsNotHauntedByItsLimit() {
    server.script(
        line -> {
          line.request();
          line.answer(200, "here");
          line.request();
          line.answer(200, "" + line.number());
        });
    assertThatItIs(under.get(url), 200, "here");
    assertThatItIs(under.get(url), 200, "1");
  }

  @Test
  void anInterruptedCallerStopsWaiting() throws Exception {
    var reply = new CompletableFuture<Reply>();
    var flag = new CompletableFuture<Boolean>();
    server.script(
        line -> {
          line.request();
          line.waitForEnd();
        });
    var caller =
        Thread.startVirtualThread(
            () -> {
              reply.complete(under.get(url));
              flag.complete(Thread.currentThread().isInterrupted());
            });
    await().until(() -> server.heads().size() == 1);
    caller.interrupt();
    assertThat(reply.get(30, TimeUnit.SECONDS)).isEqualTo(new Late());
    assertThat(flag.get(30, TimeUnit.SECONDS)).isTrue();
  }
}
