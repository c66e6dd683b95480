package tokenbroker.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class Rfc3339Test {

  private static final int DAYS = 60_000;

  /** Instants around midnights, leap days and the epoch, and 2,000 at random until 2134. */
  static Stream<Instant> instants() {
    var random = new Random(7);
    return Stream.concat(
        Stream.of(
                "1969-12-31T23:59:59.999999999Z",
                "1970-01-01T00:00:00Z",
                "2000-02-29T23:59:59.000001Z",
                "2026-12-31T23:59:59.999999Z",
                "2027-01-01T00:00:00.000000999Z",
                "2100-02-28T23:59:59.5Z",
                "2100-03-01T00:00:00.000100Z")
            .map(Instant::parse),
        random
            .longs(2_000, 0, DAYS * 86_400L)
            .mapToObj(second -> Instant.ofEpochSecond(second, random.nextInt(1_000_000_000))));
  }

  @ParameterizedTest
  @MethodSource("instants")
  void aTimestampIsThatOfTheJdk(Instant instant) {
    assertThat(Rfc3339.seconds(instant))
        .isEqualTo(instant.truncatedTo(ChronoUnit.SECONDS).toString());
    assertThat(Rfc3339.micros(instant))
        .isEqualTo(
            new DateTimeFormatterBuilder()
                .appendInstant(6)
                .toFormatter()
                .format(instant.truncatedTo(ChronoUnit.MICROS)));
  }
}
