package tokenbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.callers.Caller;
import tokenbroker.testing.LiveHeap;
import tokenbroker.testing.SettableClock;

class RateLimitsTest {

  private final SettableClock clock = new SettableClock();
  private final Caller orders = new Caller("cluster", "orders", Set.of());
  private final Caller shipping = new Caller("cluster", "shipping", Set.of());

  @Test
  void aBurstIsServedAndThenTheRateCounts() {
    var limits = new RateLimits(10, 20, clock);
    for (var request = 0; request < 20; request++) {
      assertThat(limits.waitFor(orders)).isZero();
    }
    assertThat(limits.waitFor(orders)).isEqualTo(Duration.ofMillis(100));
    clock.advance(Duration.ofMillis(100));
    assertThat(limits.waitFor(orders)).isZero();
    assertThat(limits.waitFor(orders)).isPositive();
  }

  @Test
  void aWallClockThatIsSetBackKeepsNobodyOut() {
    var limits = new RateLimits(10, 20, clock);
    for (var request = 0; request < 20; request++) {
      limits.waitFor(orders);
    }
    clock.step(Duration.ofHours(-1));
    clock.advance(Duration.ofMillis(100));

    assertThat(limits.waitFor(orders)).isZero();
  }

  @Test
  void oneCallersHasteIsNotAnothers() {
    var limits = new RateLimits(1, 1, clock);
    assertThat(limits.waitFor(orders)).isZero();
    assertThat(limits.waitFor(orders)).isPositive();
    assertThat(limits.waitFor(shipping)).isZero();
    assertThat(limits.waitFor(new Caller("other", "orders", Set.of()))).isZero();
  }

  @Test
  void aRateOfZeroIsNoLimit() {
    var limits = new RateLimits(0, 0, clock);
    for (var request = 0; request < 10_000; request++) {
      assertThat(limits.waitFor(orders)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {43, 100, 5_900})
  void theLimitsOfAllCallersRetainNoMoreThanTheirPlaces(int length) {
    var callers = 4_000;
    var retained =
        LiveHeap.bytesPerEntry(
            callers,
            count -> {
              var limits = new RateLimits(1000, 2000, clock);
              for (var i = 0; i < count; i++) {
                limits.waitFor(caller(i, length));
              }
              return limits;
            });
    assertThat(retained).isPositive();
    assertThat(retained * callers).isLessThan(10_000 * RateLimits.PLACE);
    if (length <= 43) {
      assertThat(retained).as("bytes per place").isLessThan(RateLimits.PLACE);
    }
  }

  private static Caller caller(int number, int length) {
    return new Caller("cluster", "%010d".formatted(number) + "x".repeat(length - 10), Set.of());
  }
}
