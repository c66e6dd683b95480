package tokenbroker.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import tokenbroker.testing.SettableClock;
import tokenbroker.time.LastHour;

class LastHourTest {

  private final SettableClock clock = new SettableClock();
  private final LastHour hour = new LastHour(clock.now());

  @Test
  void eventsOfTheLastHourCount() {
    hour.add(clock.now());
    clock.advance(Duration.ofMinutes(54));
    hour.add(clock.now());
    assertThat(hour.sum(clock.now())).isEqualTo(2);
  }

  @Test
  void anEventIsForgottenAfterAnHour() {
    hour.add(clock.now());
    clock.advance(Duration.ofMinutes(30));
    hour.add(clock.now());
    clock.advance(Duration.ofMinutes(30));
    assertThat(hour.sum(clock.now())).isEqualTo(1);
    clock.advance(Duration.ofMinutes(30));
    assertThat(hour.sum(clock.now())).isZero();
  }

  @Test
  void aLongPauseLeavesNothingBehind() {
    for (var event = 0; event < 100; event++) {
      hour.add(clock.now());
      clock.advance(Duration.ofMinutes(1));
    }
    clock.advance(Duration.ofDays(3));
    hour.add(clock.now());
    assertThat(hour.sum(clock.now())).isEqualTo(1);
    assertThat(hour.lastStep(clock.now())).isZero();
  }

  @Test
  void theLastCompleteStepIsTheOneBeforeThis() {
    hour.add(clock.now());
    hour.add(clock.now());
    assertThat(hour.lastStep(clock.now())).isZero();
    clock.advance(LastHour.STEP);
    assertThat(hour.lastStep(clock.now())).isEqualTo(2);
    hour.add(clock.now());
    assertThat(hour.lastStep(clock.now())).isEqualTo(2);
    clock.advance(LastHour.STEP.multipliedBy(2));
    assertThat(hour.lastStep(clock.now())).isZero();
  }
}
