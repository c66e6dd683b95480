package tokenbroker.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.sandbox.SandboxProfiles;
import tokenbroker.testing.RawConnection;

/**
 * Proves that odd, careless and hostile requests get the response that HTTP specifies, and never a
 * 500.
 */
@QuarkusTest
@TestProfile(SandboxProfiles.Configuring.class)
class OddRequestsQuarkusTest {

  /** With a cold and a hot cache, so that the resource and the hot path are compared. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          -                                                     | application/json
          */*                                                   | application/json
          application/json                                      | application/json
          Application/JSON                                      | application/json
          application/json; charset=utf-8                       | application/json
          application/json;charset=UTF-8;q=0.5                  | application/json
          application/json; version="1, 2; 3"                   | application/json
          application/*                                         | application/json
          text/plain                                            | text/plain
          text/plain; charset=iso-8859-1                        | text/plain
          text/*                                                | text/plain
          application/json, text/plain                          | application/json
          text/plain, application/json                          | application/json
          application/json;q=0.5, text/plain;q=0.9              | text/plain
          application/json;q=0.9, text/plain;q=0.1              | application/json
          text/plain, */*;q=0.1                                 | text/plain
          application/json;q=0                                  | 406
          application/json;q=0.000, */*                         | text/plain
          application/json;q=0, text/plain                      | text/plain
          application/*;q=0.1, application/json;q=0, */*;q=0.2  | text/plain
          */*;q=0                                               | 406
          image/png                                             | 406
          image/png, */*;q=0.01                                 | application/json
          text/html, application/xhtml+xml, image/*             | 406
          text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2  | application/json
          application/json;q=nonsense                           | application/json
          application/json;q=7                                  | application/json
          application/json;;;                                   | application/json
          garbage                                               | application/json
          ;,;/=,/                                               | application/json
          */json                                                | application/json
          garbage, text/plain                                   | text/plain
          """)
  void theRepresentationIsWhatTheCallerAcceptsBest(String accept, String expected) {
    for (var hot = 0; hot < 2; hot++) {
      var answer = ask("GET /tokens/demo", accept == null ? "" : "Accept: " + accept + "\r\n", "");

      assertIs(answer, expected);
      assertThat(answer.head()).contains("vary: accept");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          text/plain                   | application/json;q=0.9 | text/plain
          */*                          | application/json;q=0   | text/plain
          image/png                    | application/json       | application/json
          image/png                    | image/gif              | 406
          """)
  void severalHeadersAreOneList(String first, String second, String expected) {
    for (var hot = 0; hot < 2; hot++) {
      assertIs(
          ask("GET /tokens/demo", "Accept: %s\r\nAccept: %s\r\n".formatted(first, second), ""),
          expected);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET /clients                      | application/json; charset=utf-8 | application/json
          GET /clients                      | text/plain                      | 406
          GET /clients                      | application/json;q=0            | 406
          GET /clients                      | garbage                         | application/json
          GET /clients/demo/connections     | application/json; charset=utf-8 | application/json
          GET /clients/demo/connections     | text/*                          | 406
          GET /clients/demo/connections     | ;;,/                            | application/json
          GET /tokens/demo/connections/none | application/json; charset=utf-8 | 404
          GET /nowhere                      | image/png                       | 404
          """)
  void theOtherResourcesNegotiateAlike(String request, String accept, String expected) {
    assertIs(ask(request, "Accept: " + accept + "\r\n", ""), expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          application/json                       | application/json
          application/json; charset=utf-8        | application/json
          application/json;charset="UTF-8"       | application/json
          Application/JSON; charset=us-ascii     | application/json
          application/json; charset=utf-16       | application/json
          application/json; charset=no-such      | application/json
          application/json; charset=             | application/json
          application/json; version="a, b; c"    | application/json
          text/plain                             | 415
          text/json                              | 415
          application/problem+json               | 415
          application/x-www-form-urlencoded      | 415
          multipart/form-data; boundary=x        | 415
          garbage                                | 415
          ;,;/=                                  | 415
          application/                           | 415
          """)
  void theBodyIsJsonWhateverTheParametersOfItsType(String contentType, String expected) {
    var report = "{\"token_id\": \"" + "A".repeat(22) + "\"}";

    assertIs(
        ask("POST /tokens/demo/invalidate", "Content-Type: " + contentType + "\r\n", report),
        expected);
  }

  static Stream<Arguments> bodies() {
    return Stream.of(
            "",
            " ",
            "\0",
            "{\"token_id\": \"\0\"}",
            "{\"token_id\": \"\\u0000\"}",
            "{\"token_id\": \"\\ud800\"}",
            "{\"return_to\": \"\\ud800\", \"state\": \"\\ud800\"}",
            "{\"token_id\": 1e999999999}",
            "{\"token_id\": " + "9".repeat(4000) + "}",
            "{\"token_id\": null}",
            "{\"token_id\": {}}",
            "{\"token_id\": \"a\", \"token_id\": \"b\"}",
            "[".repeat(8000),
            "{\"a\":".repeat(1600),
            "{\"" + "a".repeat(8000) + "\":1}",
            "{} {}",
            "{\"token_id\": \"AAAAAAAAAAAAAAAAAAAAAA\", \"more\": \"\"}",
            "{}garbage",
            "NaN",
            "\u00ef\u00bb\u00bf{}", // a byte-order mark, as bytes
            "\u00fe\u00ff\u0000{\u0000}", // UTF-16
            "\u00c0\u00af", // no UTF-8
            "{\"token_id\": \"\u00ff\u00fe\"}")
        .flatMap(
            body ->
                Stream.of(
                    Arguments.of("POST /tokens/demo/invalidate", body),
                    Arguments.of("POST /clients/demo/authorizations", body)));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void aBodyThatIsNoReportIsTheCallersFault(String request, String body) {
    assertIs(ask(request, "Content-Type: application/json\r\n", body), "400");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET /tokens/invalidate                        | 403 |
          GET /tokens/connections                       | 403 |
          POST /tokens/invalidate                       | 405 | GET, HEAD, OPTIONS
          POST /tokens/demo                             | 405 | GET, HEAD, OPTIONS
          PUT /tokens/authorizations                    | 405 | GET, HEAD, OPTIONS
          GET /tokens/demo/invalidate                   | 405 | POST, OPTIONS
          GET /tokens/invalidate/invalidate             | 405 | POST, OPTIONS
          DELETE /tokens/demo/connections/invalidate    | 405 | GET, HEAD, OPTIONS
          GET /tokens/demo/connections/x/invalidate     | 405 | POST, OPTIONS
          POST /clients                                 | 405 | GET, HEAD, OPTIONS
          GET /clients/demo/authorizations              | 405 | POST, OPTIONS
          POST /clients/authorizations/connections      | 405 | GET, HEAD, OPTIONS
          GET /clients/demo/connections/authorizations  | 405 | DELETE, OPTIONS
          POST /oauth/callback                          | 405 | GET, HEAD, OPTIONS
          PATCH /connect/invalidate                     | 405 | GET, HEAD, OPTIONS
          TRACE /tokens/demo                            | 405 | GET, HEAD, OPTIONS
          TRACE /clients                                | 405 | GET, HEAD, OPTIONS
          TRACE /clients/demo/connections/x             | 405 | DELETE, OPTIONS
          TRACE /connect/x                              | 405 | GET, HEAD, OPTIONS
          TRACE /oauth/callback                         | 405 | GET, HEAD, OPTIONS
          TRACE /nowhere                                | 404 |
          CONNECT /clients                              | 405 | GET, HEAD, OPTIONS
          QUERY /clients                                | 405 | GET, HEAD, OPTIONS
          get /clients                                  | 405 | GET, HEAD, OPTIONS
          FROB /tokens/demo                             | 405 | GET, HEAD, OPTIONS
          POST /tokens/demo/                            | 405 | GET, HEAD, OPTIONS
          OPTIONS /tokens/invalidate                    | 204 | GET, HEAD, OPTIONS
          OPTIONS /tokens/demo/invalidate               | 204 | POST, OPTIONS
          OPTIONS /clients/demo/connections/invalidate  | 204 | DELETE, OPTIONS
          OPTIONS /oauth/callback                       | 204 | GET, HEAD, OPTIONS
          OPTIONS /                                     | 404 |
          OPTIONS /nowhere                              | 404 |
          OPTIONS /tokens/demo/nowhere                  | 404 |
          OPTIONS /tokens/demo/connections              | 404 |
          OPTIONS /clients/demo                         | 404 |
          OPTIONS /clients/demo/nowhere                 | 404 |
          OPTIONS /oauth                                | 404 |
          OPTIONS /connect/x/y                          | 404 |
          """)
  void theAllowHeaderDependsOnThePathAlone(String request, String status, String allow) {
    var answer = ask(request, "", "");

    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    if (allow == null) {
      assertThat(answer.head()).doesNotContain("\r\nallow:");
    } else {
      assertThat(answer.head()).contains("\r\nallow: " + allow.toLowerCase(Locale.ROOT) + "\r\n");
    }
    if (!status.equals("204")) {
      assertThat(answer.head()).contains("\r\ncontent-type: application/problem+json\r\n");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          GET /tokens/demo                        | traceparent: garbage
          GET /tokens/demo                        | traceparent: 00-00000000000000000000000000000000-0000000000000000-zz
          GET /tokens/demo                        | traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-zz
          GET /tokens/demo                        | traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more
          GET /tokens/demo                        | Prefer: wait=99999999999999999999, ;;==, return="
          GET /tokens/demo                        | If-None-Match: W/"
          GET /tokens/demo                        | If-Modified-Since: yesterday
          GET /tokens/demo                        | Range: bytes=x-y
          GET /tokens/demo                        | Cookie: $Version=1; =;;; a
          GET /tokens/demo                        | Accept-Language: ;;q=
          GET /tokens/demo                        | Accept-Charset: ;;q=, *;q=x
          GET /tokens/demo                        | Accept-Encoding: ;;q=
          GET /tokens/demo                        | Content-Type: ;;;
          GET /tokens/%00                         | X: y
          GET /tokens/demo%2Finvalidate           | X: y
          GET /tokens/demo/connections/%00        | X: y
          GET /tokens/demo/connections/%F0%9F%92  | X: y
          GET /tokens/demo;a=b                    | X: y
          GET /tokens/demo?min_ttl=%00            | X: y
          GET /tokens/demo?%                      | X: y
          GET /clients/demo/connections?limit=%D9%A1  | X: y
          GET /clients/demo/connections?cursor=%00    | X: y
          DELETE /clients/demo/connections/%00    | X: y
          GET /connect/demo.%00                   | X: y
          GET /connect/demo.AAAAAAAAAAAAAAAAAAAAAA | Cookie: token-broker="AAAA
          GET /connect/demo.AAAAAAAAAAAAAAAAAAAAAA | Cookie: ;;;===; $Path; token-broker
          GET /oauth/callback?state=demo.AAAAAAAAAAAAAAAAAAAAAA&code=x | Cookie: token-broker=AAAAAAAAAAAAAAAAAAAAAA
          GET /oauth/callback?state=demo.AAAAAAAAAAAAAAAAAAAAAA&code=x | Cookie: $Version=1; =;;; a
          GET /oauth/callback?state=demo.AAAAAAAAAAAAAAAAAAAAAA&code=%F0%9F%92 | Cookie: a=b
          GET /oauth/callback?state=%F0%9F%92&error=%00 | Sec-Purpose: ;;,
          GET /oauth/callback?&=&==&&             | Purpose: ,
          """)
  void oddHeadersPathsAndQueriesAreNoServerError(String request, String header) {
    var answer = ask(request, header + "\r\n", "");

    assertThat(Integer.parseInt(answer.status())).as(answer.text()).isLessThan(500);
  }

  private static void assertIs(Answer answer, String expected) {
    if (expected.matches("\\d+")) {
      assertThat(answer.status()).as(answer.text()).isEqualTo(expected);
      assertThat(answer.head()).contains("content-type: application/problem+json");
    } else {
      assertThat(answer.status()).as(answer.text()).isEqualTo("200");
      assertThat(answer.head()).contains("content-type: " + expected);
    }
  }

  /** Sends the request byte by byte over a socket. An HTTP client would change or reject it. */
  private static Answer ask(String request, String headers, String body) {
    var length = request.startsWith("POST") ? "Content-Length: " + body.length() + "\r\n" : "";
    var text =
        request
            + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
            + given().get("/sandbox/caller-token").asString()
            + "\r\n"
            + headers
            + length
            + "\r\n"
            + body;
    try (var connection = new RawConnection(RestAssured.port)) {
      return new Answer(connection.send(text).answer());
    }
  }

  private record Answer(RawConnection.Answer raw) {

    String status() {
      return Integer.toString(raw.status());
    }

    String text() {
      return raw.toString();
    }

    String head() {
      return raw.headers().entrySet().stream()
          .map(field -> field.getKey() + ": " + field.getValue() + "\r\n")
          .collect(Collectors.joining("", "\r\n", ""))
          .toLowerCase(Locale.ROOT);
    }
  }
}
