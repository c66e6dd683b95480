package tokenbroker.trackmage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.testing.Answer;
import tokenbroker.testing.ScriptedUpstream;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.Lifespan;
import tokenbroker.tokens.Provenance;
import tokenbroker.tokens.TokenId;

class TokenAnswerTest {

  private final ScriptedUpstream upstream = ScriptedUpstream.start();
  private final SourceUnderTest under = SourceUnderTest.patient();

  @AfterEach
  void close() {
    under.close();
    upstream.close();
  }

  @Test
  void aTokenCarriesWhatTheUpstreamSaidOfIt() {
    upstream.answer(
        Answer.token(
            Map.of(
                "access_token", "abc~!",
                "token_type", "Bearer",
                "scope", "user admin",
                "refresh_token", "unwanted",
                "user_id", "e7508450-0000-4000-8000-000000000000",
                "user_email", "owner@shop.example")));

    var now = under.clock.instant();
    var token = fetched();
    assertThat(token)
        .isEqualTo(
            new AccessToken(
                "abc~!",
                "user admin",
                "e7508450-0000-4000-8000-000000000000",
                "owner@shop.example",
                TokenId.of("abc~!", SourceUnderTest.HASH),
                new Lifespan(now, token.life().requested(), Duration.ofHours(1)),
                new Provenance(upstream.url().toString(), "id-of-acme", "user", "v1")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"access_token\":\"t\"}",
        "{\"access_token\":\"t\",\"expires_in\":null,\"token_type\":null,\"scope\":null,"
            + "\"user_id\":null,\"user_email\":null,\"error\":null}",
        "{\"access_token\":\"t\",\"expires_in\":{},\"scope\":1,\"user_id\":[],\"user_email\":{}}"
      })
  void aTokenIsAllThatAnAnswerMustHold(String body) {
    upstream.answer(Answer.json(200, body));
    var token = fetched();
    assertThat(token.value()).isEqualTo("t");
    assertThat(token.lifetime()).isEqualTo(Duration.ofMinutes(5));
    assertThat(token)
        .extracting(AccessToken::scope, AccessToken::userId, AccessToken::userEmail)
        .containsOnlyNulls();
  }

  @Test
  void theLongestTokenPasses() {
    upstream.answer(Answer.token(Map.of("access_token", "x".repeat(16 * 1024))));
    assertThat(fetched().value()).hasSize(16 * 1024);
  }

  @Test
  void aTokenWinsOverAnErrorBesideIt() {
    upstream.answer(Answer.token(Map.of("access_token", "t", "error", "invalid_client")));
    assertThat(fetched().value()).isEqualTo("t");
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "a  b", "a\"b", "a\\b", "a\nb", "ä", "", "LONG"})
  void aScopeThatIsNoneIsLeftOut(String scope) {
    upstream.answer(Answer.token(Map.of("scope", scope.replace("LONG", "x".repeat(1025)))));
    assertThat(fetched().scope()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "a\u0000b", "a\u202Eb", "LONG"})
  void aUserFieldThatIsNotFitToShowIsLeftOut(String text) {
    var value = text.replace("LONG", "x".repeat(321));
    upstream.answer(Answer.token(Map.of("user_id", value, "user_email", value)));
    assertThat(fetched())
        .extracting(AccessToken::userId, AccessToken::userEmail)
        .containsOnlyNulls();
  }

  static Stream<Arguments> lives() {
    var opaque = "opaque";
    return Stream.of(
        arguments(3600, opaque, 3600),
        arguments(1, opaque, 1),
        arguments("3600", opaque, 3600),
        arguments("3600.9", opaque, 3600),
        arguments(59.99, opaque, 59),
        arguments(2592001, opaque, 2592000),
        arguments(99999999999L, opaque, 2592000),
        arguments(0, opaque, 300),
        arguments(0.5, opaque, 300),
        arguments(-5, opaque, 300),
        arguments("-5", opaque, 300),
        arguments("soon", opaque, 300),
        arguments("0x10p3", opaque, 300),
        arguments("", opaque, 300),
        arguments(true, opaque, 300),
        arguments(1e300, opaque, 300),
        // The token's own claims, only if expires_in is missing or unusable
        arguments(60, jwt("{\"iat\":1000,\"exp\":4600}"), 60),
        arguments(0, jwt("{\"iat\":1000,\"exp\":4600}"), 3600),
        arguments("soon", jwt("{\"iat\":1000.2,\"exp\":1100.7}"), 100),
        arguments(0, jwt("{\"iat\":1000,\"exp\":99999999999}"), 2592000),
        arguments(0, jwt("{\"iat\":1000,\"exp\":1000}"), 300),
        arguments(0, jwt("{\"iat\":4600,\"exp\":1000}"), 300),
        arguments(0, jwt("{\"exp\":4600}"), 300),
        arguments(0, jwt("{\"iat\":-1,\"exp\":4600}"), 300),
        arguments(0, jwt("{\"iat\":\"x\",\"exp\":4600}"), 300),
        arguments(0, jwt("{\"iat\":1000,\"exp\":1e308}"), 300),
        arguments(0, jwt("{\"iat\":1000,\"exp\":4600,\"exp\":9999}"), 300),
        arguments(0, jwt("no json"), 300),
        arguments(0, "a.!.c", 300),
        arguments(0, "..", 300));
  }

  private static String jwt(String claims) {
    return "e30."
        + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(UTF_8))
        + ".";
  }

  @ParameterizedTest
  @MethodSource("lives")
  void aTokenAlwaysEnds(Object expiresIn, String token, long seconds) {
    upstream.answer(Answer.token(Map.of("access_token", token, "expires_in", expiresIn)));
    assertThat(fetched().lifetime()).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void lifeCountsFromTheSendingOfTheRequest() {
    upstream.answer(
        exchange -> {
          under.clock.advance(Duration.ofSeconds(4));
          Answer.token(Duration.ofMinutes(1)).send(exchange);
        });
    var sent = under.clock.instant();
    var token = fetched();
    assertThat(token.life().requestedAt()).isEqualTo(sent);
    assertThat(token.lifetime()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void afterAFallBackLifeCountsFromTheSecondRequest() {
    var first = under.clock.instant();
    upstream.answer(
        exchange -> {
          under.clock.advance(Duration.ofSeconds(4));
          (exchange.request().method().equals("GET") ? Answer.token() : Answer.html(405))
              .send(exchange);
        });
    assertThat(fetched().life().requestedAt()).isEqualTo(first.plusSeconds(4));
  }

  /** The broker's clock is at 12:00. */
  static Stream<Arguments> retryAfters() {
    return Stream.of(
        arguments("7", Duration.ofSeconds(7)),
        arguments("300", Duration.ofMinutes(5)),
        arguments("301", Duration.ofMinutes(5)),
        arguments("999999999", Duration.ofMinutes(5)),
        arguments("Mon, 23 Nov 2026 12:00:30 GMT", Duration.ofSeconds(30)),
        arguments("Mon, 23 Nov 2026 13:00:00 GMT", Duration.ofMinutes(5)),
        arguments("Fri, 31 Dec 9999 23:59:59 GMT", Duration.ofMinutes(5)),
        arguments("Mon, 23 Nov 2026 12:00:00 GMT", null),
        arguments("Mon, 23 Nov 2026 11:59:00 GMT", null),
        arguments("Tue, 23 Nov 2026 12:00:30 GMT", null),
        arguments("0", null),
        arguments("-7", null),
        arguments("7.5", null),
        arguments("99999999999999999999", null),
        arguments("soon", null),
        arguments("", null),
        // The obsolete formats of a date (RFC 9110 §5.6.7)
        arguments("Monday, 23-Nov-26 12:00:30 GMT", Duration.ofSeconds(30)),
        arguments("Tuesday, 23-Nov-26 12:00:30 GMT", null),
        arguments("Wednesday, 23-Nov-77 12:00:30 GMT", null),
        arguments("Mon Nov 23 12:00:30 2026", Duration.ofSeconds(30)),
        arguments("Tue Dec  1 12:00:30 2026", Duration.ofMinutes(5)),
        arguments("Mon Nov 23 11:59:30 2026", null),
        // A list, which proxies create when they join two headers: the first valid value counts
        arguments("120, 120", Duration.ofMinutes(2)),
        arguments("7,120", Duration.ofSeconds(7)),
        arguments("soon, 120", Duration.ofMinutes(2)),
        arguments(", ,120,", Duration.ofMinutes(2)),
        arguments("Mon, 23 Nov 2026 12:00:30 GMT, 120", Duration.ofSeconds(30)),
        arguments("soon, Monday, 23-Nov-26 12:00:30 GMT", Duration.ofSeconds(30)),
        arguments("7\r\nRetry-After: 120", Duration.ofSeconds(7)),
        arguments("soon\r\nRetry-After: 120", Duration.ofMinutes(2)));
  }

  @ParameterizedTest
  @MethodSource("retryAfters")
  void anUpstreamMaySayWhenToComeBack(String header, Duration pause) {
    for (var status : Map.of(429, Outage.HTTP_429, 503, Outage.HTTP_5XX).entrySet()) {
      upstream.answer(Answer.html(status.getKey(), Map.of("Date", "", "Retry-After", header)));
      assertThat(under.fetch(SourceUnderTest.client(upstream.url())))
          .isEqualTo(new Failed(status.getValue(), pause));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Mon, 23 Nov 2026 11:40:00 GMT  | Mon, 23 Nov 2026 11:41:00 GMT  | 60
          Mon, 23 Nov 2026 12:01:42 GMT  | Mon, 23 Nov 2026 12:02:42 GMT  | 60
          Thu, 01 Jan 1970 00:00:00 GMT  | Thu, 01 Jan 1970 00:00:07 GMT  | 7
          Monday, 23-Nov-26 13:00:00 GMT | Mon Nov 23 13:00:09 2026       | 9
          Mon, 23 Nov 2026 12:01:42 GMT  | 60                             | 60
          yesterday                      | Mon, 23 Nov 2026 12:00:30 GMT  | 30
          """)
  void aTimeToComeBackIsReadByTheUpstreamsOwnClock(String date, String header, long seconds) {
    upstream.answer(Answer.html(503, Map.of("Date", date, "Retry-After", header)));
    assertThat(under.fetch(SourceUnderTest.client(upstream.url())))
        .isEqualTo(new Failed(Outage.HTTP_5XX, Duration.ofSeconds(seconds)));
  }

  private AccessToken fetched() {
    var result = under.fetch(SourceUnderTest.client(upstream.url()));
    assertThat(result).isInstanceOf(Fetched.class);
    return ((Fetched) result).token();
  }
}
