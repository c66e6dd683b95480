package tokenbroker.trackmage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.clients.Client;
import tokenbroker.clients.Upstream;
import tokenbroker.clients.Upstream.RequestStyle;
import tokenbroker.testing.Answer;
import tokenbroker.testing.ScriptedUpstream;
import tokenbroker.tokens.FetchResult;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.FetchResult.Unavailable;

class UpstreamBreakerTest {

  private static final int WINDOW = 20;

  private final ScriptedUpstream upstream = ScriptedUpstream.start();

  @AfterEach
  void close() {
    upstream.close();
  }

  static Stream<Answer> outages() {
    return Stream.of(Answer.html(500), Answer.html(503), Answer.closed());
  }

  @ParameterizedTest
  @MethodSource("outages")
  void anOutageOpensItAndAnAnswerClosesIt(Answer outage) {
    try (var under = source(Duration.ofMillis(400))) {
      upstream.answer(outage);
      fetch(under, WINDOW);
      var refused = awaitOpen(under);

      assertThat(breakerGauge(under)).isOne();
      assertThat(refused.retryAfter())
          .as("no longer than half the first back-off")
          .isBetween(Duration.ofNanos(1), Duration.ofMillis(200));

      upstream.answer(Answer.token());
      await().until(() -> under.source.fetch(acme()) instanceof Fetched);
      assertThat(breakerGauge(under)).isZero();
    }
  }

  @Test
  void timeOutsOpenIt() {
    try (var under =
        SourceUnderTest.with(
            Map.of("broker.upstream.timeout", "20ms", "broker.upstream.backoff", "2s…4s"))) {
      upstream.hold();
      fetch(under, WINDOW);
      awaitOpen(under);
    }
  }

  @Test
  void whileItIsOpenTheUpstreamIsLeftAloneAndNothingIsCounted() {
    try (var under = source(Duration.ofMinutes(1))) {
      upstream.answer(Answer.html(500));
      fetch(under, WINDOW);
      awaitOpen(under);
      // Every request that was let through arrived: the others went nowhere.
      assertThat(under.requests("acme")).isEqualTo(Map.of("http_5xx", (double) upstream.count()));
    }
  }

  @Test
  void fewerFailuresThanSuccessesLeaveItClosed() {
    try (var under = source(Duration.ofMinutes(1))) {
      for (var turn = 0; turn < 2 * WINDOW; turn++) {
        upstream.answer(turn % 3 == 0 ? Answer.html(500) : Answer.token());
        under.source.fetch(acme());
      }
      assertThat(upstream.count()).isEqualTo(2 * WINDOW);
      assertThat(breakerGauge(under)).isZero();
    }
  }

  static Stream<Answer> notOutages() {
    return Stream.of(
        Answer.error("invalid_client"),
        Answer.error("made_up"),
        Answer.error("temporarily_unavailable"),
        Answer.html(429),
        Answer.html(200),
        Answer.html(404),
        Answer.truncated(200),
        Answer.raw("noise\r\n"));
  }

  @ParameterizedTest
  @MethodSource("notOutages")
  void oneClientsTroubleNeverHarmsItsNeighbours(Answer trouble) {
    try (var under = source(Duration.ofMinutes(1))) {
      upstream.answer("id-of-acme", trouble);
      fetch(under, 2 * WINDOW);
      assertThat(upstream.count("id-of-acme")).isEqualTo(2 * WINDOW);

      var neighbour = SourceUnderTest.client("neighbour", acme().upstream(), null);
      assertThat(under.source.fetch(neighbour)).isInstanceOf(Fetched.class);
      assertThat(breakerGauge(under)).isZero();
    }
  }

  @Test
  void oneUpstreamsOutageLeavesTheOthersAlone() {
    try (var under = source(Duration.ofMinutes(1));
        var other = ScriptedUpstream.start()) {
      upstream.answer(Answer.html(500));
      fetch(under, WINDOW);
      awaitOpen(under);

      var rc = new Upstream("rc", other.url(), RequestStyle.FORM, "/oauth/v2/token");
      assertThat(under.source.fetch(SourceUnderTest.client("acme", rc, null)))
          .isInstanceOf(Fetched.class);
      var moved = SourceUnderTest.client(other.url());
      assertThat(under.source.fetch(moved)).as("same name, new URL").isInstanceOf(Fetched.class);
    }
  }

  private static SourceUnderTest source(Duration firstBackoff) {
    return SourceUnderTest.with(Map.of("broker.upstream.backoff", firstBackoff.toMillis() + "ms"));
  }

  private void fetch(SourceUnderTest under, int times) {
    for (var turn = 0; turn < times; turn++) {
      assertThat(under.source.fetch(acme())).isNotInstanceOf(Fetched.class);
    }
  }

  /** A trial may be due at any time: what counts is that refusals happen. */
  private Unavailable awaitOpen(SourceUnderTest under) {
    return (Unavailable)
        await().until(() -> under.source.fetch(acme()), UpstreamBreakerTest::isRefusal);
  }

  private static boolean isRefusal(FetchResult result) {
    return result instanceof Unavailable(var reason, var after) && reason.equals("breaker_open");
  }

  private double breakerGauge(SourceUnderTest under) {
    return under.gauge("token_broker.upstream.breaker.open", "production");
  }

  private Client acme() {
    return SourceUnderTest.client(upstream.url(), RequestStyle.JSON);
  }
}
