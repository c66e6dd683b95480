package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.testing.Responses.assertProblem;
import static tokenbroker.testing.Responses.json;
import static tokenbroker.testing.Responses.retryAfter;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.testing.Answer;
import tokenbroker.testing.Clients;
import tokenbroker.testing.Site;

/** Proves which problem a caller gets when TrackMage returns no token. */
class UpstreamProblemsIT {

  private static final AtomicInteger SERIAL = new AtomicInteger();

  @RegisterExtension
  private static final Site SITE =
      new Site().clients(20).with("broker.upstream.timeout", "1s").brokers(2);

  static Stream<Arguments> upstreamFailures() {
    return Stream.of(
        Arguments.of(Answer.error("invalid_client"), 502, "upstream_rejected", "invalid_client"),
        Arguments.of(
            Answer.error("unauthorized_client"), 502, "upstream_rejected", "unauthorized_client"),
        Arguments.of(Answer.error("invalid_scope"), 502, "upstream_rejected", "invalid_scope"),
        Arguments.of(Answer.html(200), 502, "upstream_invalid_response", null),
        Arguments.of(Answer.truncated(200), 502, "upstream_invalid_response", null),
        Arguments.of(Answer.megabytes(2), 502, "upstream_invalid_response", null),
        Arguments.of(
            Answer.json(200, "{\"access_token\": null}"), 502, "upstream_invalid_response", null),
        Arguments.of(Answer.html(500), 503, "upstream_unavailable", null),
        Arguments.of(Answer.html(503), 503, "upstream_unavailable", null),
        Arguments.of(Answer.html(429), 503, "upstream_unavailable", null),
        Arguments.of(Answer.closed(), 503, "upstream_unavailable", null),
        Arguments.of(Answer.trickle(), 504, "upstream_timeout", null));
  }

  @ParameterizedTest
  @MethodSource("upstreamFailures")
  void theUpstreamsFailuresAreProblems(
      Answer answer, int status, String code, String upstreamError) {
    var client = SERIAL.incrementAndGet();
    SITE.upstream().answer("id-" + client, answer);
    var problem = SITE.broker(0).get("/tokens/client-" + client, SITE.caller());

    assertProblem(problem, status, code);
    assertThat(json(problem).path("upstream_error").textValue()).isEqualTo(upstreamError);
    assertThat(json(problem).path("retryable").booleanValue())
        .isEqualTo(!code.equals("upstream_rejected"));
    if (status == 503) {
      assertThat(retryAfter(problem)).isBetween(1L, 30L);
    }
    var output = SITE.outputOf(SITE.broker(0));
    assertThat(output).doesNotContain(Clients.SECRET);
    assertThat(SITE.upstream().issuedTokens()).noneMatch(output::contains);
  }

  @Test
  void afterATimeOutTheUpstreamIsUnavailableUntilTheNextAttempt() {
    var client = SERIAL.incrementAndGet();
    var path = "/tokens/client-" + client;
    SITE.upstream().answer("id-" + client, Answer.trickle());
    assertProblem(SITE.broker(0).get(path, SITE.caller()), 504, "upstream_timeout");
    assertProblem(SITE.broker(1).get(path, SITE.caller()), 503, "upstream_unavailable");
    assertThat(SITE.upstream().count("id-" + client)).isOne();
  }
}
