package tokenbroker.trackmage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.clients.Upstream.RequestStyle;
import tokenbroker.testing.Answer;
import tokenbroker.testing.ScriptedUpstream;
import tokenbroker.tokens.FetchResult;
import tokenbroker.tokens.FetchResult.InvalidResponse;
import tokenbroker.tokens.FetchResult.Rejected;
import tokenbroker.tokens.FetchResult.TimedOut;
import tokenbroker.tokens.FetchResult.Unavailable;
import tokenbroker.tokens.OAuthError;

class UpstreamFailureTest {

  private final ScriptedUpstream upstream = ScriptedUpstream.start();

  @AfterEach
  void close() {
    upstream.close();
  }

  /** What the upstream does, what it means, and the word that it is counted under. */
  static Stream<Arguments> failures() {
    return Stream.of(
        // Decided by the error, whatever the status
        failure(Answer.error("invalid_client"), rejected("INVALID_CLIENT"), "invalid_client"),
        failure(error(401, "invalid_client"), rejected("INVALID_CLIENT"), "invalid_client"),
        failure(error(200, "invalid_client"), rejected("INVALID_CLIENT"), "invalid_client"),
        failure(error(500, "invalid_client"), rejected("INVALID_CLIENT"), "invalid_client"),
        failure(Answer.error("invalid_request"), rejected("INVALID_REQUEST"), "http_4xx"),
        failure(Answer.error("unauthorized_client"), rejected("UNAUTHORIZED_CLIENT"), "http_4xx"),
        failure(Answer.error("invalid_scope"), rejected("INVALID_SCOPE"), "http_4xx"),
        failure(Answer.error("invalid_grant"), rejected("INVALID_GRANT"), "http_4xx"),
        failure(Answer.error("access_denied"), rejected("ACCESS_DENIED"), "http_4xx"),
        failure(Answer.error("made_up"), rejected("UNRECOGNIZED"), "http_4xx"),
        failure(error(200, "made_up"), rejected("UNRECOGNIZED"), "http_4xx"),
        failure(Answer.error("server_error"), unavailable("server_error"), "http_5xx"),
        failure(
            Answer.error("temporarily_unavailable"),
            unavailable("temporarily_unavailable"),
            "http_5xx"),
        failure(
            Answer.json(200, "{\"access_token\":null,\"error\":\"invalid_client\"}"),
            rejected("INVALID_CLIENT"),
            "invalid_client"),
        // Decided by the status, where no error is to be had
        failure(Answer.html(500), unavailable("http_5xx"), "http_5xx"),
        failure(Answer.html(502), unavailable("http_5xx"), "http_5xx"),
        failure(Answer.html(503), unavailable("http_5xx"), "http_5xx"),
        failure(error(503, "made_up"), unavailable("http_5xx"), "http_5xx"),
        failure(error(503, "temporarily_unavailable"), unavailable("http_5xx"), "http_5xx"),
        failure(Answer.truncated(503), unavailable("http_5xx"), "http_5xx"),
        failure(Answer.html(429), unavailable("http_429"), "http_4xx"),
        failure(error(429, "made_up"), unavailable("http_429"), "http_4xx"),
        failure(Answer.html(400), invalid("http_4xx"), "http_4xx"),
        failure(Answer.html(401), invalid("http_4xx"), "http_4xx"),
        failure(Answer.html(404), invalid("http_4xx"), "http_4xx"),
        failure(Answer.json(400, "{\"error\":{}}"), invalid("http_4xx"), "http_4xx"),
        failure(
            Answer.html(302, Map.of("Location", "/elsewhere")),
            invalid("http_3xx"),
            "invalid_response"),
        // Good status, no token
        failure(Answer.html(200), invalid("not_json"), "invalid_response"),
        failure(Answer.json(200, ""), invalid("empty"), "invalid_response"),
        failure(Answer.raw("HTTP/1.1 204 No\r\n\r\n"), invalid("empty"), "invalid_response"),
        failure(Answer.json(200, "[]"), invalid("not_json"), "invalid_response"),
        failure(Answer.json(200, "\"token\""), invalid("not_json"), "invalid_response"),
        failure(Answer.json(200, "{} {}"), invalid("not_json"), "invalid_response"),
        failure(Answer.json(200, "{\"access_token\":"), invalid("not_json"), "invalid_response"),
        failure(
            Answer.json(200, "{\"access_token\":\"one\",\"access_token\":\"two\"}"),
            invalid("not_json"),
            "invalid_response"),
        failure(
            Answer.json(
                200,
                "{\"access_token\":\"t\",\"deep\":%s%s}"
                    .formatted("[".repeat(5000), "]".repeat(5000))),
            invalid("not_json"),
            "invalid_response"),
        failure(Answer.json(200, "{}"), invalid("no_access_token"), "invalid_response"),
        failure(token("null"), invalid("no_access_token"), "invalid_response"),
        failure(token("\"\""), invalid("no_access_token"), "invalid_response"),
        failure(token("17"), invalid("unusable_access_token"), "invalid_response"),
        failure(token("{}"), invalid("unusable_access_token"), "invalid_response"),
        failure(token("[\"t\"]"), invalid("unusable_access_token"), "invalid_response"),
        failure(token("\"two words\""), invalid("unusable_access_token"), "invalid_response"),
        failure(token("\"line\\r\\nbreak\""), invalid("unusable_access_token"), "invalid_response"),
        failure(token("\"ümläut\""), invalid("unusable_access_token"), "invalid_response"),
        failure(
            token("\"" + "x".repeat(16 * 1024 + 1) + "\""),
            invalid("unusable_access_token"),
            "invalid_response"),
        failure(
            Answer.token(Map.of("token_type", "mac")), invalid("not_bearer"), "invalid_response"),
        failure(Answer.token(Map.of("token_type", 1)), invalid("not_bearer"), "invalid_response"),
        // Good status, no whole body
        failure(Answer.truncated(200), invalid("truncated"), "invalid_response"),
        failure(
            Answer.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a"),
            invalid("truncated"),
            "invalid_response"),
        failure(
            Answer.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n"),
            invalid("truncated"),
            "invalid_response"),
        failure(Answer.megabytes(2), invalid("too_large"), "invalid_response"),
        failure(Answer.flood(), invalid("too_large"), "invalid_response"),
        // No answer at all
        failure(Answer.closed(), unavailable("connect"), "connect"),
        failure(Answer.raw("SSH-2.0-noise\r\n"), invalid("not_http"), "invalid_response"),
        failure(
            Answer.raw("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}"),
            invalid("not_http"),
            "invalid_response"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void everyMisbehaviourHasItsName(Answer answer, FetchResult meaning, String counted) {
    upstream.answer(answer);
    try (var under = SourceUnderTest.patient()) {
      assertThat(under.source.fetch(SourceUnderTest.client(upstream.url(), RequestStyle.JSON)))
          .isEqualTo(meaning);
      assertThat(under.requests("acme")).isEqualTo(Map.of(counted, 1.0));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"QUERY", "FORM"})
  void anUpstreamThatClosesTheConnectionIsUnavailableInEveryStyle(RequestStyle style) {
    upstream.answer(Answer.closed());
    assertThat(fetchFrom(upstream.url(), style)).isEqualTo(unavailable("connect"));
  }

  @Test
  void whatIsTooLargeIsNotReadToItsEnd() {
    upstream.answer(Answer.flood());
    try (var under = SourceUnderTest.patient()) {
      under.source.fetch(SourceUnderTest.client(upstream.url()));
      await().until(() -> upstream.brokenOff() == 1);
    }
  }

  @Test
  void aRefusedConnectionIsAnUnavailableUpstream() {
    upstream.close();
    assertThat(fetchFrom(upstream.url(), RequestStyle.FORM)).isEqualTo(unavailable("connect"));
  }

  @Test
  void anUnknownHostIsAnUnavailableUpstream() {
    assertThat(fetchFrom(URI.create("http://no-such-host.invalid"), RequestStyle.QUERY))
        .isEqualTo(unavailable("connect"));
  }

  @Test
  void aFailedTlsHandshakeIsAnUnavailableUpstream() throws IOException {
    try (var plain = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(() -> answerInPlainText(plain));
      var url = URI.create("https://127.0.0.1:" + plain.getLocalPort());
      assertThat(fetchFrom(url, RequestStyle.QUERY)).isEqualTo(unavailable("connect"));
    }
  }

  private static void answerInPlainText(ServerSocket server) {
    while (!server.isClosed()) {
      try (var socket = server.accept()) {
        socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
      } catch (IOException e) {
        // Closed: the loop ends.
      }
    }
  }

  @Test
  void aConnectionThatDoesNotOpenInTimeIsAnUnavailableUpstream() throws IOException {
    try (var full = new FullServer();
        var under = SourceUnderTest.with(Map.of("broker.upstream.connect-timeout", "100ms"))) {
      assertThat(under.source.fetch(SourceUnderTest.client(full.url())))
          .isEqualTo(unavailable("connect"));
    }
  }

  @Test
  void anAnswerThatNeverBeginsTimesOut() {
    upstream.hold();
    assertThat(fetchHastily()).isEqualTo(new TimedOut());
  }

  @Test
  void anAnswerThatNeverEndsTimesOutAndIsHungUp() {
    upstream.answer(Answer.trickle());
    assertThatItTimesOutAndIsHungUp();
  }

  @Test
  void aHeadThatNeverEndsTimesOutAndIsHungUp() {
    upstream.answer(
        exchange -> {
          exchange.write("HTTP/1.1 200 OK\r\n");
          while (true) {
            exchange.write("X-More: x\r\n");
            Thread.sleep(20);
          }
        });
    assertThatItTimesOutAndIsHungUp();
  }

  @Test
  void theFallBackCountsWithinTheSameTimeLimit() {
    var late = Duration.ofMillis(1200);
    upstream.answer(
        exchange ->
            (exchange.request().method().equals("GET")
                    ? Answer.token().after(late)
                    : Answer.error("invalid_request").after(late))
                .send(exchange));
    try (var under = SourceUnderTest.with(Map.of("broker.upstream.timeout", "2s"))) {
      assertThat(under.source.fetch(SourceUnderTest.client(upstream.url())))
          .isEqualTo(new TimedOut());
    }
    assertThat(upstream.count()).isEqualTo(2);
  }

  @Test
  void aTimeOutIsCountedAsOne() {
    upstream.hold();
    try (var under = SourceUnderTest.with(Map.of("broker.upstream.timeout", "200ms"))) {
      under.source.fetch(SourceUnderTest.client(upstream.url()));
      assertThat(under.requests("acme")).isEqualTo(Map.of("timeout", 1.0));
    }
  }

  /** By the time limit, not by the end of the source, which hangs up too. */
  private void assertThatItTimesOutAndIsHungUp() {
    try (var under = SourceUnderTest.with(Map.of("broker.upstream.timeout", "200ms"))) {
      assertThat(under.source.fetch(SourceUnderTest.client(upstream.url())))
          .isEqualTo(new TimedOut());
      await().until(() -> upstream.brokenOff() == 1);
    }
  }

  private FetchResult fetchHastily() {
    try (var under = SourceUnderTest.with(Map.of("broker.upstream.timeout", "200ms"))) {
      return under.source.fetch(SourceUnderTest.client(upstream.url()));
    }
  }

  private static FetchResult fetchFrom(URI url, RequestStyle style) {
    try (var under = SourceUnderTest.patient()) {
      return under.source.fetch(SourceUnderTest.client(url, style));
    }
  }

  private static Arguments failure(Answer answer, FetchResult meaning, String counted) {
    return arguments(answer, meaning, counted);
  }

  private static Answer error(int status, String code) {
    return Answer.json(status, "{\"error\":\"" + code + "\"}");
  }

  private static Answer token(String literal) {
    return Answer.json(200, "{\"access_token\":" + literal + "}");
  }

  private static FetchResult rejected(String error) {
    return new Rejected(OAuthError.valueOf(error));
  }

  private static FetchResult unavailable(String reason) {
    return new Unavailable(reason, null);
  }

  private static FetchResult invalid(String reason) {
    return new InvalidResponse(reason);
  }

  /** Takes no more connections: its queue is full and nobody empties it. */
  private static final class FullServer implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final List<Socket> queue = new ArrayList<>();

    FullServer() throws IOException {
      try {
        while (queue.size() < 100) {
          var next = new Socket();
          queue.add(next);
          next.connect(server.getLocalSocketAddress(), 200);
        }
      } catch (SocketTimeoutException full) {
        return;
      }
      throw new IllegalStateException("this system's queues do not fill");
    }

    URI url() {
      return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    @Override
    public void close() throws IOException {
      server.close();
      for (var socket : queue) {
        socket.close();
      }
    }
  }
}
