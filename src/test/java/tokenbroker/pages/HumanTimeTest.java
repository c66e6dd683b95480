package tokenbroker.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanTimeTest {

  private static final Instant NOW = Instant.parse("2026-11-26T15:42:00Z");

  @ParameterizedTest
  @CsvSource({
    "2026-11-26T16:40:00Z, in 58 minutes (16:40 UTC)",
    "2026-11-26T15:43:59Z, in 1 minute (15:43 UTC)",
    "2026-11-26T15:42:01Z, in 1 second (15:42 UTC)",
    "2026-11-26T15:42:00.9Z, now (15:42 UTC)",
    "2026-11-26T15:41:59.1Z, now (15:41 UTC)",
    "2026-11-26T12:00:00Z, 3 hours ago (12:00 UTC)",
    "2026-11-25T23:59:00Z, '15 hours ago (25 November 2026, 23:59 UTC)'",
    "2026-11-28T15:42:00Z, 'in 2 days (28 November 2026, 15:42 UTC)'",
  })
  void aTimeIsRelativeToNowAndExact(Instant time, String text) {
    assertThat(HumanTime.of(time, NOW))
        .isEqualTo(Html.of("<time datetime=\"{}\">{}</time>", time, text));
  }

  @ParameterizedTest
  @CsvSource({"0, 0 seconds", "59, 59 seconds", "60, 1 minute", "86399, 23 hours", "86400, 1 day"})
  void aDurationIsInItsLargestUnit(long seconds, String text) {
    assertThat(HumanTime.amount(Duration.ofSeconds(seconds))).isEqualTo(text);
  }
}
