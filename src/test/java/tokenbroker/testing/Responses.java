package tokenbroker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.Map;

/** The broker's HTTP responses: their bodies as JSON, and the shape of its problems. */
public final class Responses {

  private static final JsonMapper JSON = new JsonMapper();

  private Responses() {}

  /** Parses the body. */
  public static JsonNode json(HttpResponse<String> response) {
    try {
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asserts that a response is a complete problem of this status and code (RFC 9457). */
  public static void assertProblem(HttpResponse<String> response, int status, String code) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/problem+json");
    var problem = json(response);
    assertThat(problem.path("code").textValue()).isEqualTo(code);
    assertThat(problem.path("status").intValue()).isEqualTo(status);
    assertThat(problem.path("type").textValue()).isEqualTo("urn:token-broker:problem:" + code);
    assertThat(problem.path("title").textValue()).isNotBlank();
    assertThat(problem.path("detail").textValue()).isNotBlank();
    assertThat(problem.path("trace_id").textValue()).matches("[0-9a-f]{32}");
  }

  /** Asserts that a response is a complete error of OAuth (RFC 6749 §5.2, contract §8). */
  public static void assertOAuthError(
      HttpResponse<String> response, int status, String error, String code) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(response.headers().firstValue("Pragma")).hasValue("no-cache");
    var body = json(response);
    assertThat(body.properties().stream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrder("error", "error_description", "code", "trace_id");
    assertThat(body.path("error").textValue()).isEqualTo(error);
    assertThat(body.path("code").textValue()).isEqualTo(code);
    assertThat(body.path("error_description").textValue()).matches("[\\x20-\\x7E]+");
    assertThat(body.path("trace_id").textValue()).matches("[0-9a-f]{32}");
  }

  /** Returns the seconds of {@code Retry-After}, or -1 if there is none. */
  public static long retryAfter(HttpResponse<String> response) {
    return response.headers().firstValueAsLong("Retry-After").orElse(-1);
  }
}
