package tokenbroker.trackmage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.clients.Upstream.RequestStyle;
import tokenbroker.testing.Answer;
import tokenbroker.testing.FullServer;
import tokenbroker.testing.ScriptedUpstream;
import tokenbroker.tokens.FailureCause;
import tokenbroker.tokens.FailureCause.InvalidResponse;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.Fetched;

class UpstreamFailureTest {

  private final ScriptedUpstream upstream = ScriptedUpstream.start();

  @AfterEach
  void close() {
    upstream.close();
  }

  /**
   * Each row: the upstream's response, the expected outcome, and the label value under which it is
   * counted.
   */
  static Stream<Arguments> failures() {
    return Stream.of(
        // The error decides, whatever the status is
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
        failure(Answer.error("server_error"), failed(Outage.SERVER_ERROR), "http_5xx"),
        failure(
            Answer.error("temporarily_unavailable"),
            failed(Outage.TEMPORARILY_UNAVAILABLE),
            "http_5xx"),
        failure(
            Answer.json(200, "{\"access_token\":null,\"error\":\"invalid_client\"}"),
            rejected("INVALID_CLIENT"),
            "invalid_client"),
        // The status decides, because there is no usable error
        failure(Answer.html(500), failed(Outage.HTTP_5XX), "http_5xx"),
        failure(Answer.html(502), failed(Outage.HTTP_5XX), "http_5xx"),
        failure(Answer.html(503), failed(Outage.HTTP_5XX), "http_5xx"),
        failure(error(503, "made_up"), failed(Outage.HTTP_5XX), "http_5xx"),
        failure(error(503, "temporarily_unavailable"), failed(Outage.HTTP_5XX), "http_5xx"),
        failure(Answer.truncated(503), failed(Outage.HTTP_5XX), "http_5xx"),
        failure(Answer.html(429), failed(Outage.HTTP_429), "http_4xx"),
        failure(error(429, "made_up"), failed(Outage.HTTP_429), "http_4xx"),
        failure(Answer.html(400), failed(InvalidResponse.HTTP_4XX), "http_4xx"),
        failure(Answer.html(401), failed(InvalidResponse.HTTP_4XX), "http_4xx"),
        failure(Answer.html(404), failed(InvalidResponse.HTTP_4XX), "http_4xx"),
        failure(Answer.json(400, "{\"error\":{}}"), failed(InvalidResponse.HTTP_4XX), "http_4xx"),
        failure(
            Answer.html(302, Map.of("Location", "/elsewhere")),
            failed(InvalidResponse.HTTP_3XX),
            "invalid_response"),
        // Success status without a token
        failure(Answer.html(200), failed(InvalidResponse.NOT_JSON), "invalid_response"),
        failure(Answer.json(200, ""), failed(InvalidResponse.EMPTY), "invalid_response"),
        failure(
            Answer.raw("HTTP/1.1 204 No\r\n\r\n"),
            failed(InvalidResponse.EMPTY),
            "invalid_response"),
        failure(Answer.json(200, "[]"), failed(InvalidResponse.NOT_JSON), "invalid_response"),
        failure(
            Answer.json(200, "\"token\""), failed(InvalidResponse.NOT_JSON), "invalid_response"),
        failure(Answer.json(200, "{} {}"), failed(InvalidResponse.NOT_JSON), "invalid_response"),
        failure(
            Answer.json(200, "{\"access_token\":"),
            failed(InvalidResponse.NOT_JSON),
            "invalid_response"),
        failure(
            Answer.json(200, "{\"access_token\":\"one\",\"access_token\":\"two\"}"),
            failed(InvalidResponse.NOT_JSON),
            "invalid_response"),
        failure(
            Answer.json(
                200,
                "{\"access_token\":\"t\",\"deep\":%s%s}"
                    .formatted("[".repeat(5000), "]".repeat(5000))),
            failed(InvalidResponse.NOT_JSON),
            "invalid_response"),
        failure(
            Answer.json(200, "{}"), failed(InvalidResponse.NO_ACCESS_TOKEN), "invalid_response"),
        failure(token("null"), failed(InvalidResponse.NO_ACCESS_TOKEN), "invalid_response"),
        failure(token("\"\""), failed(InvalidResponse.NO_ACCESS_TOKEN), "invalid_response"),
        failure(token("17"), failed(InvalidResponse.UNUSABLE_ACCESS_TOKEN), "invalid_response"),
        failure(token("{}"), failed(InvalidResponse.UNUSABLE_ACCESS_TOKEN), "invalid_response"),
        failure(
            token("[\"t\"]"), failed(InvalidResponse.UNUSABLE_ACCESS_TOKEN), "invalid_response"),
        failure(
            token("\"two words\""),
            failed(InvalidResponse.UNUSABLE_ACCESS_TOKEN),
            "invalid_response"),
        failure(
            token("\"line\\r\\nbreak\""),
            failed(InvalidResponse.UNUSABLE_ACCESS_TOKEN),
            "invalid_response"),
        failure(
            token("\"ümläut\""), failed(InvalidResponse.UNUSABLE_ACCESS_TOKEN), "invalid_response"),
        failure(
            token("\"" + "x".repeat(16 * 1024 + 1) + "\""),
            failed(InvalidResponse.UNUSABLE_ACCESS_TOKEN),
            "invalid_response"),
        failure(
            Answer.token(Map.of("token_type", "mac")),
            failed(InvalidResponse.NOT_BEARER),
            "invalid_response"),
        failure(
            Answer.token(Map.of("token_type", 1)),
            failed(InvalidResponse.NOT_BEARER),
            "invalid_response"),
        // Success status without a complete body
        failure(Answer.truncated(200), failed(InvalidResponse.TRUNCATED), "invalid_response"),
        failure(
            Answer.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a"),
            failed(InvalidResponse.TRUNCATED),
            "invalid_response"),
        failure(
            Answer.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n"),
            failed(InvalidResponse.TRUNCATED),
            "invalid_response"),
        failure(Answer.megabytes(2), failed(InvalidResponse.TOO_LARGE), "invalid_response"),
        failure(Answer.flood(), failed(InvalidResponse.TOO_LARGE), "invalid_response"),
        // No response
        failure(Answer.closed(), failed(Outage.CONNECT), "connect"),
        failure(
            Answer.raw("SSH-2.0-noise\r\n"), failed(InvalidResponse.NOT_HTTP), "invalid_response"),
        failure(
            Answer.raw("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}"),
            failed(InvalidResponse.NOT_HTTP),
            "invalid_response"));
  }

  /** Header sections that few servers send and that must not break a fetch. */
  static Stream<Arguments> oddHeads() {
    return Stream.of(
        odd(
            "407 Proxy Authentication Required",
            "",
            "",
            failed(InvalidResponse.HTTP_4XX),
            "http_4xx"),
        odd(
            "407 No",
            "Proxy-Authenticate: Basic\r\n",
            "page",
            failed(InvalidResponse.HTTP_4XX),
            "http_4xx"),
        odd("407 No", "Content-Length: 0\r\n", "", failed(InvalidResponse.HTTP_4XX), "http_4xx"),
        odd(
            "401 No",
            "WWW-Authenticate: Basic realm=\r\n",
            "",
            failed(InvalidResponse.HTTP_4XX),
            "http_4xx"),
        odd("401 No", "", "", failed(InvalidResponse.HTTP_4XX), "http_4xx"),
        odd(
            "101 Switching",
            "Upgrade: x\r\n",
            "noise",
            failed(InvalidResponse.HTTP_1XX),
            "invalid_response"),
        odd("100 Continue", "", "", failed(Outage.CONNECT), "connect"),
        odd("103 Early Hints", "Link: </a>\r\n", "", failed(Outage.CONNECT), "connect"),
        odd("204 None", "", "", failed(InvalidResponse.EMPTY), "invalid_response"),
        odd(
            "204 None",
            "",
            "a body all the same",
            failed(InvalidResponse.EMPTY),
            "invalid_response"),
        odd(
            "204 None",
            "Content-Length: 9\r\n",
            "",
            failed(InvalidResponse.EMPTY),
            "invalid_response"),
        odd(
            "205 Reset",
            "Content-Length: 0\r\n",
            "",
            failed(InvalidResponse.EMPTY),
            "invalid_response"),
        odd("304 Not Modified", "", "", failed(InvalidResponse.HTTP_3XX), "invalid_response"),
        odd(
            "304 Not",
            "Content-Length: 9\r\n",
            "",
            failed(InvalidResponse.HTTP_3XX),
            "invalid_response"),
        odd(
            "300 Many",
            "Content-Length: 0\r\n",
            "",
            failed(InvalidResponse.HTTP_3XX),
            "invalid_response"),
        odd("599 Odd", "", "", failed(Outage.HTTP_5XX), "http_5xx"),
        odd("999 Odd", "", "", failed(Outage.HTTP_5XX), "http_5xx"),
        odd("000 Odd", "", "", failed(InvalidResponse.NOT_HTTP), "invalid_response"),
        odd("20 Odd", "", "", failed(InvalidResponse.NOT_HTTP), "invalid_response"),
        odd("2000 Odd", "", "", failed(InvalidResponse.NOT_HTTP), "invalid_response"),
        odd("-200 Odd", "", "", failed(InvalidResponse.NOT_HTTP), "invalid_response"),
        odd(
            "200",
            "Content-Length: 2\r\n",
            "{}",
            failed(InvalidResponse.NO_ACCESS_TOKEN),
            "invalid_response"),
        odd(
            "200 OK",
            "Content-Length: -1\r\n",
            "{}",
            failed(InvalidResponse.NOT_HTTP),
            "invalid_response"),
        odd(
            "200 OK",
            "Content-Length: 1 2\r\n",
            "{}",
            failed(InvalidResponse.NOT_HTTP),
            "invalid_response"),
        odd("503 No", "Content-Length: -1\r\n", "{}", failed(Outage.HTTP_5XX), "http_5xx"),
        odd(
            "200 OK",
            "Content-Length: 99999999999999999999\r\n",
            "{}",
            failed(InvalidResponse.NOT_HTTP),
            "invalid_response"),
        odd(
            "200 OK",
            "Content-Length: 9223372036854775807\r\n",
            "{}",
            failed(InvalidResponse.TOO_LARGE),
            "invalid_response"),
        odd(
            "503 No",
            "Content-Length: 9223372036854775807\r\n",
            "",
            failed(Outage.HTTP_5XX),
            "http_5xx"),
        odd(
            "200 OK",
            "Content-Length: 2\r\nContent-Length: 3\r\n",
            "{}",
            failed(InvalidResponse.NOT_HTTP),
            "invalid_response"),
        odd(
            "200 OK",
            "Transfer-Encoding: gzip\r\n",
            "{}",
            failed(InvalidResponse.NOT_HTTP),
            "invalid_response"),
        odd(
            "200 OK",
            "Transfer-Encoding: chunked\r\n",
            "FFFFFFFFFFFFFFFFF\r\n{}",
            failed(InvalidResponse.TRUNCATED),
            "invalid_response"),
        odd(
            "200 OK",
            "Transfer-Encoding: chunked\r\n",
            "-2\r\n{}",
            failed(InvalidResponse.TRUNCATED),
            "invalid_response"),
        odd(
            "200 OK",
            "no colon at all\r\n",
            "{}",
            failed(InvalidResponse.NOT_HTTP),
            "invalid_response"),
        odd("200 OK", ": no name\r\n", "{}", failed(InvalidResponse.NOT_HTTP), "invalid_response"),
        odd(
            "200 OK",
            "X-Odd: \u0000\u0001\u007f\u00ff\u20ac\r\n",
            "{}",
            failed(InvalidResponse.NO_ACCESS_TOKEN),
            "invalid_response"),
        odd(
            "200 OK",
            "Content-Type: \u0000;\r\nDate: \u0000\r\nRetry-After: \u0000\r\n",
            "{}",
            failed(InvalidResponse.NO_ACCESS_TOKEN),
            "invalid_response"),
        odd(
            "200 OK",
            "X-Long: " + "x".repeat(100_000) + "\r\n",
            "{}",
            failed(InvalidResponse.NOT_HTTP),
            "invalid_response"),
        odd(
            "200 OK",
            "X-Many: x\r\n".repeat(5_000),
            "{}",
            failed(InvalidResponse.NOT_HTTP),
            "invalid_response"),
        failure(
            Answer.raw("HTTP/1.1 200 OK\r\nX-Cut: "),
            failed(InvalidResponse.EMPTY),
            "invalid_response"),
        failure(Answer.raw("HTTP/1.1 20"), failed(InvalidResponse.NOT_HTTP), "invalid_response"),
        failure(
            Answer.raw("HTTP/9.9 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
            failed(InvalidResponse.NO_ACCESS_TOKEN),
            "invalid_response"),
        failure(
            Answer.raw("\r\n".repeat(100)), failed(InvalidResponse.NOT_HTTP), "invalid_response"),
        failure(
            Answer.raw("\u0000".repeat(100)), failed(InvalidResponse.NOT_HTTP), "invalid_response"),
        failure(
            Answer.raw("\u0015\u0003\u0001\u0000\u0002\u0002("),
            failed(InvalidResponse.NOT_HTTP),
            "invalid_response"));
  }

  private static Arguments odd(
      String status, String headers, String body, FetchResult meaning, String counted) {
    return arguments(
        Answer.raw("HTTP/1.1 " + status + "\r\n" + headers + "\r\n" + body), meaning, counted);
  }

  @ParameterizedTest
  @MethodSource("oddHeads")
  void everyOddHeadHasItsName(Answer answer, FetchResult meaning, String counted) {
    everyMisbehaviourHasItsName(answer, meaning, counted);
  }

  @Test
  void interimAnswersAreSkipped() {
    upstream.answer(
        exchange -> {
          exchange.write("HTTP/1.1 100 Continue\r\n\r\n");
          exchange.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
          exchange.write("HTTP/1.1 199 Odd\r\nContent-Length: 5\r\n\r\n");
          Answer.token().send(exchange);
        });
    assertThat(fetchFrom(upstream.url(), RequestStyle.FORM)).isInstanceOf(Fetched.class);
  }

  /** Content codings that the request did not ask for. */
  static Stream<Arguments> codings() {
    var token = "{\"access_token\":\"t\"}".getBytes(UTF_8);
    var bomb = gzip(new byte[64 << 20]);
    return Stream.of(
        coded("gzip", gzip(token), null),
        coded("GZIP", gzip(token), null),
        coded("x-gzip", gzip(token), null),
        coded("identity", token, null),
        coded("identity, gzip", gzip(token), null),
        coded("deflate", deflate(token, false), null),
        coded("deflate", deflate(token, true), null),
        coded("", token, null),
        coded("gzip", bomb, failed(InvalidResponse.TOO_LARGE)),
        coded("deflate", deflate(new byte[64 << 20], false), failed(InvalidResponse.TOO_LARGE)),
        coded("gzip", Arrays.copyOf(gzip(token), 20), failed(InvalidResponse.TRUNCATED)),
        coded("gzip", token, failed(InvalidResponse.CONTENT_ENCODING)),
        coded("deflate", token, failed(InvalidResponse.CONTENT_ENCODING)),
        coded("gzip", new byte[0], failed(InvalidResponse.EMPTY)),
        coded("gzip, gzip", gzip(gzip(token)), failed(InvalidResponse.CONTENT_ENCODING)),
        coded("br", token, failed(InvalidResponse.CONTENT_ENCODING)),
        coded("zstd", token, failed(InvalidResponse.CONTENT_ENCODING)),
        coded("x\u0000x", token, failed(InvalidResponse.CONTENT_ENCODING)));
  }

  private static Arguments coded(String coding, byte[] body, @Nullable FetchResult failure) {
    return arguments(coding, body, failure);
  }

  @ParameterizedTest
  @MethodSource("codings")
  void aCodedAnswerIsReadOrNamed(String coding, byte[] body, @Nullable FetchResult failure) {
    upstream.answer(
        exchange -> {
          assertThat(exchange.request().headers()).containsEntry("Accept-Encoding", "identity");
          exchange.write(
              "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nContent-Encoding: %s\r\n\r\n"
                  .formatted(body.length, coding));
          exchange.write(body);
        });
    var result = fetchFrom(upstream.url(), RequestStyle.FORM);
    if (failure == null) {
      assertThat(result)
          .isInstanceOfSatisfying(
              Fetched.class, fetched -> assertThat(fetched.token().value()).isEqualTo("t"));
    } else {
      assertThat(result).isEqualTo(failure);
    }
  }

  private static byte[] gzip(byte[] plain) {
    var coded = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(coded)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return coded.toByteArray();
  }

  private static byte[] deflate(byte[] plain, boolean withoutHeader) {
    var coded = new ByteArrayOutputStream();
    try (var deflate =
        new DeflaterOutputStream(
            coded, new Deflater(Deflater.DEFAULT_COMPRESSION, withoutHeader))) {
      deflate.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return coded.toByteArray();
  }

  @ParameterizedTest
  @MethodSource("failures")
  void everyMisbehaviourHasItsName(Answer answer, FetchResult meaning, String counted) {
    upstream.answer(answer);
    try (var under = SourceUnderTest.patient()) {
      assertThat(under.fetch(SourceUnderTest.client(upstream.url(), RequestStyle.JSON)))
          .isEqualTo(meaning);
      assertThat(under.requests("acme")).isEqualTo(Map.of(counted, 1.0));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"QUERY", "FORM"})
  void anUpstreamThatClosesTheConnectionIsUnavailableInEveryStyle(RequestStyle style) {
    upstream.answer(Answer.closed());
    assertThat(fetchFrom(upstream.url(), style)).isEqualTo(failed(Outage.CONNECT));
  }

  @Test
  void whatIsTooLargeIsNotReadToItsEnd() {
    upstream.answer(Answer.flood());
    try (var under = SourceUnderTest.patient()) {
      under.fetch(SourceUnderTest.client(upstream.url()));
      await().until(() -> upstream.brokenOff() == 1);
    }
  }

  @Test
  void aRefusedConnectionIsAnUnavailableUpstream() {
    upstream.close();
    assertThat(fetchFrom(upstream.url(), RequestStyle.FORM)).isEqualTo(failed(Outage.CONNECT));
  }

  @Test
  void anUnknownHostIsAnUnavailableUpstream() {
    assertThat(fetchFrom(URI.create("http://no-such-host.invalid"), RequestStyle.QUERY))
        .isEqualTo(failed(Outage.CONNECT));
  }

  @Test
  void aFailedTlsHandshakeIsAnUnavailableUpstream() throws IOException {
    try (var plain = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(() -> answerInPlainText(plain));
      var url = URI.create("https://127.0.0.1:" + plain.getLocalPort());
      assertThat(fetchFrom(url, RequestStyle.QUERY)).isEqualTo(failed(Outage.CONNECT));
    }
  }

  private static void answerInPlainText(ServerSocket server) {
    while (!server.isClosed()) {
      try (var socket = server.accept()) {
        socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
      } catch (IOException e) {
        // Closed by the broker, which ends the loop.
      }
    }
  }

  @Test
  void aConnectionThatDoesNotOpenInTimeIsAnUnavailableUpstream() {
    try (var full = FullServer.start();
        var under = SourceUnderTest.with(Map.of("broker.upstream.connect-timeout", "100ms"))) {
      assertThat(under.fetch(SourceUnderTest.client(URI.create("http://127.0.0.1:" + full.port()))))
          .isEqualTo(failed(Outage.CONNECT));
    }
  }

  @Test
  void anAnswerThatNeverBeginsTimesOut() {
    upstream.hold();
    assertThat(fetchHastily()).isEqualTo(new Failed(Outage.TIMEOUT));
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
    try (var under = SourceUnderTest.patient()) {
      upstream.answer(
          exchange -> {
            under.clock.advance(Duration.ofSeconds(30));
            Answer.error("invalid_request").send(exchange);
          });
      assertThat(under.fetch(SourceUnderTest.client(upstream.url())))
          .isEqualTo(new Failed(Outage.TIMEOUT));
      assertThat(upstream.count()).isEqualTo(1);
    }
  }

  @Test
  void theFallBackHasTheTimeThatIsLeft() {
    try (var under = SourceUnderTest.patient()) {
      upstream.answer(
          exchange -> {
            if (exchange.request().method().equals("POST")) {
              under.clock.advance(Duration.ofMillis(29_800));
              Answer.error("invalid_request").send(exchange);
            } else {
              Answer.trickle().send(exchange);
            }
          });
      assertThat(under.fetch(SourceUnderTest.client(upstream.url())))
          .isEqualTo(new Failed(Outage.TIMEOUT));
      assertThat(upstream.count()).isEqualTo(2);
    }
  }

  @Test
  void aTimeOutIsCountedAsOne() {
    upstream.hold();
    try (var under = SourceUnderTest.with(Map.of("broker.upstream.timeout", "200ms"))) {
      under.fetch(SourceUnderTest.client(upstream.url()));
      assertThat(under.requests("acme")).isEqualTo(Map.of("timeout", 1.0));
    }
  }

  /** Checks that the broker's time limit ends the request, not the closing of the source. */
  private void assertThatItTimesOutAndIsHungUp() {
    try (var under = SourceUnderTest.with(Map.of("broker.upstream.timeout", "200ms"))) {
      assertThat(under.fetch(SourceUnderTest.client(upstream.url())))
          .isEqualTo(new Failed(Outage.TIMEOUT));
      await().until(() -> upstream.brokenOff() == 1);
    }
  }

  private FetchResult fetchHastily() {
    try (var under = SourceUnderTest.with(Map.of("broker.upstream.timeout", "200ms"))) {
      return under.fetch(SourceUnderTest.client(upstream.url()));
    }
  }

  private static FetchResult fetchFrom(URI url, RequestStyle style) {
    try (var under = SourceUnderTest.patient()) {
      return under.fetch(SourceUnderTest.client(url, style));
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
    return failed(OAuthError.valueOf(error));
  }

  private static FetchResult failed(FailureCause cause) {
    return new Failed(cause);
  }
}
