package tokenbroker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

  private static final int PER_SECOND = 50;
  private static final Duration PERIOD = Duration.ofMillis(20);

  private final SettableClock time = new SettableClock();
  private final Pace pace = new Pace(PER_SECOND, time);

  @Test
  void callsComeAtAConstantRate() {
    for (var i = 0; i < 1000; i++) {
      assertThat(pace.untilNext()).isEqualTo(PERIOD);
      time.advance(PERIOD);
    }
  }

  @Test
  void aShortDelayIsMadeUpForSoThatTheMeanHolds() {
    time.advance(PERIOD.multipliedBy(4));

    assertThat(callsThatAreDue()).isEqualTo(4);
  }

  @Test
  void aStallIsNotMadeUpFor() {
    time.advance(Duration.ofMinutes(1));

    assertThat(callsThatAreDue()).isEqualTo(1 + Pace.MADE_UP_FOR.dividedBy(PERIOD));
  }

  private int callsThatAreDue() {
    var calls = 0;
    while (!pace.untilNext().isPositive()) {
      calls++;
    }
    return calls;
  }
}
