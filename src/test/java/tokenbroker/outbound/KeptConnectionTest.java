package tokenbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.outbound.HttpUnderTest.assertThatItIs;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.outbound.Reply.NoConnection;
import tokenbroker.outbound.Reply.NoConnection.Reason;
import tokenbroker.testing.RawServer;

class KeptConnectionTest {

  private final RawServer server = RawServer.start();
  private final HttpUnderTest under = new HttpUnderTest();
  private final String url = "http://127.0.0.1:" + server.port() + "/";

  @AfterEach
  void close() {
    under.close();
    server.close();
  }

  @Test
  void aConnectionIsUsedAgain() {
    server.script(KeptConnectionTest::answerAll);
    assertThatItIs(under.get(url), 200, "1");
    assertThatItIs(under.get(url), 200, "1");
    assertThat(server.connections()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRepeatableRequestOutlivesAKeptConnectionThatTheServerClosed(boolean reset) {
    server.script(
        line -> {
          line.request();
          line.answer(200, "" + line.number());
          if (line.number() == 1) {
            line.request();
            if (reset) {
              line.resetAtEnd();
            }
          } else {
            line.waitForEnd();
          }
        });
    assertThatItIs(under.get(url), 200, "1");
    assertThatItIs(under.get(url), 200, "2");
    assertThat(server.heads()).hasSize(3);
  }

  @Test
  void aConnectionThatTheServerClosedWhileItWasIdleCostsNobodyAnything() {
    server.script(
        line -> {
          line.request();
          line.answer(200, "" + line.number());
        });
    assertThatItIs(under.get(url), 200, "1");
    assertThatItIs(under.get(url), 200, "2");
  }

  @Test
  void aRequestThatMustNotBeRepeatedUsesNoKeptConnection() {
    server.script(KeptConnectionTest::answerAll);
    assertThatItIs(under.get(url), 200, "1");
    assertThatItIs(under.post(url), 200, "2");
    assertThat(server.heads()).hasSize(2);
  }

  @Test
  void aNewConnectionThatEndsWithoutAnAnswerIsTriedOnceMore() {
    server.script(
        line -> {
          line.request();
          if (line.number() > 1) {
            line.answer(200, "" + line.number());
          }
        });
    assertThatItIs(under.get(url), 200, "2");
  }

  @Test
  void aRepeatableRequestIsSentTwiceAtMost() {
    server.script(RawServer.Line::request);
    assertThat(under.get(url)).isEqualTo(new NoConnection(Reason.CLOSED));
    assertThat(server.heads()).hasSize(2);
  }

  @Test
  void aRequestThatMustNotBeRepeatedIsSentOnce() {
    server.script(RawServer.Line::request);
    assertThat(under.post(url)).isEqualTo(new NoConnection(Reason.CLOSED));
    assertThat(server.heads()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"H", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\nX: y\r\n"})
  void aRequestWhoseAnswerBeganIsNotRepeated(String beginning) {
    server.script(
        line -> {
          line.request();
          line.write(beginning);
        });
    under.get(url);
    assertThat(server.heads()).hasSize(1);
  }

  @Test
  void a408OnAKeptConnectionIsTheEndOfThatConnection() {
    server.script(
        line -> {
          line.request();
          line.answer(200, "" + line.number());
          line.request();
          line.answer(line.number() == 1 ? 408 : 200, "again " + line.number());
        });
    assertThatItIs(under.get(url), 200, "1");
    assertThatItIs(under.get(url), 200, "2");
    assertThatItIs(under.get(url), 200, "again 2");
    assertThat(server.heads()).hasSize(4);
  }

  @Test
  void a408OnANewConnectionIsAnAnswer() {
    server.script(
        line -> {
          line.request();
          line.answer(408, "slow");
        });
    assertThatItIs(under.get(url), 408, "slow");
    assertThat(server.heads()).hasSize(1);
  }

  /** Unexpected bytes must not be read as the response to the next request. */
  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", "x", "\r\n"})
  void bytesBehindAnAnswerEndTheConnection(String bytes) {
    server.script(
        line -> {
          line.request();
          line.write(
              "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d%s".formatted(line.number(), bytes));
          line.waitForEnd();
        });
    assertThatItIs(under.get(url), 200, "1");
    assertThatItIs(under.get(url), 200, "2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: x, Close\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n",
      })
  void aServerMayRefuseToKeepAConnection(String head) {
    server.script(
        line -> {
          line.request();
          line.write(head + line.number());
          line.waitForEnd();
        });
    assertThatItIs(under.get(url), 200, "1");
    assertThatItIs(under.get(url), 200, "2");
  }

  @Test
  void anIdleConnectionIsKeptForLessThanFourSeconds() {
    server.script(KeptConnectionTest::answerAll);
    assertThatItIs(under.get(url), 200, "1");
    under.clock.advance(Duration.ofMillis(3_999));
    assertThatItIs(under.get(url), 200, "1");
    under.clock.step(Duration.ofDays(1));
    assertThatItIs(under.get(url), 200, "1");
    under.clock.advance(Duration.ofSeconds(4));
    assertThatItIs(under.get(url), 200, "2");
  }

  @Test
  void aBusyConnectionIsReplacedAfterAMinute() {
    server.script(KeptConnectionTest::answerAll);
    for (var second = 0; second < 60; second += 2) {
      assertThatItIs(under.get(url), 200, "1");
      under.clock.advance(Duration.ofSeconds(2));
    }
    assertThatItIs(under.get(url), 200, "1");
    assertThatItIs(under.get(url), 200, "2");
  }

  @Test
  void aConnectionServesItsOwnServerOnly() {
    try (var other = RawServer.start().script(KeptConnectionTest::answerAll)) {
      server.script(KeptConnectionTest::answerAll);
      under.get(url);
      under.get("http://127.0.0.1:" + other.port() + "/");
      assertThat(server.heads()).hasSize(1);
      assertThat(other.heads()).hasSize(1);
    }
  }

  private static void answerAll(RawServer.Line line) throws java.io.IOException {
    while (true) {
      line.request();
      line.answer(200, "" + line.number());
    }
  }
}
