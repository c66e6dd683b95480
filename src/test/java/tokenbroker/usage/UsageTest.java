package tokenbroker.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.callers.Caller;
import tokenbroker.clients.ClientName;
import tokenbroker.testing.LiveHeap;
import tokenbroker.testing.SettableClock;
import tokenbroker.time.LastHour;

class UsageTest {

  private static final int ROOM = 500;
  private static final ClientName ACME = new ClientName("acme");
  private static final Caller ORDERS = new Caller("cluster", "orders", Set.of());

  private final SettableClock clock = new SettableClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Usage usage = new Usage(clock, registry, ROOM * Usage.PLACE);

  @Test
  void allJwtsOfACallerCountAsOne() {
    usage.requested(ACME, new Caller("cluster", "orders", Set.of("a"), "one"));
    usage.requested(ACME, new Caller("cluster", "orders", Set.of(), "two"));
    usage.requested(new ClientName("other"), ORDERS);
    assertThat(usage.uses())
        .extracting(Use::client, Use::subject, Use::requests)
        .containsExactlyInAnyOrder(
            tuple(ACME, "orders", 2L), tuple(new ClientName("other"), "orders", 1L));
  }

  @Test
  void useIsForgottenAfterAnHour() {
    usage.requested(ACME, ORDERS);
    clock.advance(Duration.ofMinutes(61));
    assertThat(usage.uses()).isEmpty();
  }

  @Test
  void aFloodOfCallersTakesBoundedMemory() {
    for (var caller = 0; caller < 10 * ROOM; caller++) {
      usage.requested(ACME, new Caller("cluster", "caller-" + caller, Set.of()));
    }
    assertThat(usage.uses()).hasSizeBetween(1, ROOM);
  }

  @Test
  void aFrequentCallerIsCountedAmongManyRareOnes() {
    var requests = 10 * ROOM;
    for (var i = 0; i < requests; i++) {
      usage.requested(ACME, new Caller("cluster", "caller-" + i, Set.of()));
      if (i > ROOM) { // From now on, it is full.
        usage.requested(ACME, ORDERS);
      }
    }
    assertThat(usage.uses())
        .filteredOn(use -> use.subject().equals(ORDERS.subject()))
        .singleElement()
        .satisfies(use -> assertThat(use.requests()).isGreaterThan(requests / 2));
  }

  @ParameterizedTest
  @ValueSource(ints = {43, 100, 5_900})
  void allCountsRetainNoMoreThanTheirRoom(int length) {
    var callers = 4_000;
    var retained =
        LiveHeap.bytesPerEntry(
            callers,
            count -> {
              var full = new Usage(clock, new SimpleMeterRegistry(), 2_000L * Usage.PLACE);
              for (var i = 0; i < count; i++) {
                full.requested(ACME, caller(i, length));
              }
              return full;
            });
    assertThat(retained).isPositive();
    assertThat(retained * callers).isLessThan(2_000 * Usage.PLACE);
  }

  @Test
  void aSmallHeapHasRoomForAThousandPairsAndALargeOneForTwentyThousand() {
    assertThat(Usage.room(128L << 20) / Usage.PLACE).isEqualTo(1_024);
    assertThat(Usage.room(16L << 30) / Usage.PLACE).isEqualTo(20_480);
  }

  private static Caller caller(int number, int length) {
    return new Caller("cluster", "%010d".formatted(number) + "x".repeat(length - 10), Set.of());
  }

  @Test
  void tenRequestsASecondForFiveMinutesAreNotTooMany() {
    var most = Misuse.MOST_PER_SECOND * LastHour.STEP.toSeconds();
    for (var request = 0; request < most; request++) {
      usage.requested(ACME, ORDERS);
    }
    clock.advance(LastHour.STEP);
    assertThat(misusing(Misuse.FREQUENT_REQUESTS)).isZero();
  }

  @Test
  void moreThanTenRequestsASecondForFiveMinutesAreMisuseUntilTheyEnd() {
    var most = Misuse.MOST_PER_SECOND * LastHour.STEP.toSeconds();
    for (var request = 0; request <= most; request++) {
      usage.requested(ACME, ORDERS);
    }
    clock.advance(LastHour.STEP);
    assertThat(misusing(Misuse.FREQUENT_REQUESTS)).isEqualTo(1);
    clock.advance(LastHour.STEP);
    assertThat(misusing(Misuse.FREQUENT_REQUESTS)).isZero();
  }

  @Test
  void repeatedReportsInVainAreMisuseForAnHour() {
    for (var report = 1; report < Misuse.MANY_REPORTS; report++) {
      usage.reportedInVain(ACME, ORDERS);
    }
    assertThat(misusing(Misuse.VAIN_REPORTS)).isZero();
    usage.reportedInVain(ACME, ORDERS);
    assertThat(misusing(Misuse.VAIN_REPORTS)).isEqualTo(1);
    assertThat(misusing(Misuse.FREQUENT_REQUESTS)).isZero();
    clock.advance(Duration.ofHours(1));
    assertThat(misusing(Misuse.VAIN_REPORTS)).isZero();
  }

  private double misusing(Misuse kind) {
    return registry.get("token_broker.misuse.callers").tag("kind", kind.word()).gauge().value();
  }
}
