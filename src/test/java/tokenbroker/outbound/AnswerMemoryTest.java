package tokenbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.outbound.HttpUnderTest.assertThatItIs;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.outbound.Reply.NotHttp;
import tokenbroker.testing.LiveHeap;
import tokenbroker.testing.RawServer;

/** Proves that the broker does not run out of memory, however much the servers send at once. */
class AnswerMemoryTest {

  private static final int REQUESTS = 100;

  private static final String LARGE_HEAD = headOf(20);
  private static final String LARGE_BODY =
      "HTTP/1.1 200 OK\r\nContent-Length: 250001\r\n\r\n" + "x".repeat(250_000);

  private final RawServer server = RawServer.start();
  private final HttpUnderTest under = new HttpUnderTest();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void close() {
    server.close();
    threads.close();
    under.close();
  }

  static Stream<Arguments> answers() {
    return Stream.of(Arguments.of("A head", LARGE_HEAD), Arguments.of("A body", LARGE_BODY));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void answersThatDoNotEndTakeLittleMemory(String what, String words) {
    var retained =
        LiveHeap.bytesPerEntry(
            REQUESTS,
            count -> {
              var sent = new CountDownLatch(count);
              server.script(line -> send(line, words, sent));
              var asking = IntStream.range(0, count).mapToObj(i -> threads.submit(this::ask));
              var all = asking.toList();
              await(sent);
              return all;
            });
    assertThat(retained).isBetween(1_000.0, 60_000.0);

    server.script(
        line -> {
          line.request();
          line.answer(200, "small");
        });
    assertThatItIs(ask(), 200, "small");
  }

  /** Writes the words until all are sent or the broker stops reading. */
  private static void send(RawServer.Line line, String words, CountDownLatch sent)
      throws IOException {
    line.request();
    line.write(words.substring(0, 50_000));
    sent.countDown();
    line.write(words.substring(50_000));
    line.waitForEnd();
  }

  @Test
  void largeAnswersFollowEachOther() throws Exception {
    var body = "x".repeat(100_000);
    server.script(
        line -> {
          line.request();
          line.answer(200, body);
        });
    var asking = IntStream.range(0, REQUESTS).mapToObj(i -> threads.submit(this::ask)).toList();
    for (Future<Reply> each : asking) {
      assertThatItIs(each.get(), 200, body);
    }
  }

  @Test
  void aHeadOfMoreThanAnyServerSendsIsNoAnswer() {
    server.script(
        line -> {
          line.request();
          line.write(headOf(90) + "\r\n");
        });
    assertThat(ask()).isInstanceOf(NotHttp.class);
  }

  /** The client gives up above 320 KiB, so 20 lines without an end keep it waiting. */
  private static String headOf(int lines) {
    return "HTTP/1.1 200 OK\r\n" + ("X: " + "x".repeat(15_000) + "\r\n").repeat(lines);
  }

  private Reply ask() {
    return under.post("http://127.0.0.1:" + server.port() + "/");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
