package tokenbroker.trackmage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.testing.Answer;
import tokenbroker.testing.ScriptedUpstream;

class ClockSkewTest {

  private final ScriptedUpstream upstream = ScriptedUpstream.start();
  private final SourceUnderTest under = SourceUnderTest.patient();

  @AfterEach
  void close() {
    under.close();
    upstream.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {-3600, -6, -1, 0, 1, 6, 3600})
  void anUpstreamAheadOfUsHasAPositiveSkew(long ahead) {
    fetchAnswered(Duration.ofSeconds(ahead));
    assertThat(skew()).isCloseTo((double) ahead, within(0.5));
  }

  @Test
  void theClockIsReadInTheMiddleOfTheRequest() {
    upstream.answer(
        exchange -> {
          under.clock.advance(Duration.ofSeconds(2));
          var date = under.clock.instant();
          under.clock.advance(Duration.ofSeconds(2));
          exchange.respond(200, Map.of("Date", httpDate(date)), "{}");
        });
    fetch();
    assertThat(skew()).isCloseTo(0, within(0.5));
  }

  @Test
  void everyAnswerTellsTheTimeNotOnlyAGoodOne() {
    upstream.answer(
        Answer.html(
            503, Map.of("Date", httpDate(under.clock.instant().plus(Duration.ofMinutes(1))))));
    fetch();
    assertThat(skew()).isCloseTo(60, within(0.5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yesterday", "2026-11-23T12:00:00Z"})
  void aDateThatIsNoneSaysNothing(String date) {
    upstream.answer(Answer.html(200, Map.of("Date", date)));
    fetch();
    assertThat(under.registry.find("token_broker.clock.skew").gauge()).isNull();
  }

  @Test
  void itIsSaidOnceWhenTheClocksPart() {
    try (var log = new LogCapture()) {
      fetchAnswered(Duration.ofSeconds(4));
      assertThat(log.warnings()).isEmpty();
      fetchAnswered(Duration.ofSeconds(6));
      fetchAnswered(Duration.ofMinutes(1));
      fetchAnswered(Duration.ofMinutes(-1));
      assertThat(log.warnings()).hasSize(1);
      fetchAnswered(Duration.ZERO);
      assertThat(log.warnings()).hasSize(1);
      fetchAnswered(Duration.ofSeconds(-6));
      assertThat(log.warnings()).hasSize(2);
    }
  }

  private void fetchAnswered(Duration ahead) {
    upstream.answer(
        exchange ->
            exchange.respond(
                200, Map.of("Date", httpDate(under.clock.instant().plus(ahead))), "{}"));
    fetch();
  }

  private void fetch() {
    under.fetch(SourceUnderTest.client(upstream.url()));
  }

  private double skew() {
    return under.gauge("token_broker.clock.skew", "production");
  }

  private static String httpDate(Instant time) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(time.atOffset(ZoneOffset.UTC));
  }
}
