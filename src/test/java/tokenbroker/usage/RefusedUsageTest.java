package tokenbroker.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tokenbroker.callers.Caller;
import tokenbroker.callers.Refusal;
import tokenbroker.callers.Verification.Refused;
import tokenbroker.clients.ClientName;
import tokenbroker.testing.SettableClock;

class RefusedUsageTest {

  private static final Caller ORDERS = new Caller("cluster", "orders", Set.of());

  private final SettableClock clock = new SettableClock();
  private final RefusedUsage refused = new RefusedUsage(clock.clocks());

  @Test
  void refusalsOfOneKindAreOneEntryAndTheMostRecentComesFirst() {
    refused.forbidden(ORDERS, new ClientName("acme"));
    clock.advance(Duration.ofMinutes(1));
    refused.rateLimited(ORDERS);
    clock.advance(Duration.ofMinutes(1));
    var last = clock.instant();
    refused.forbidden(ORDERS, new ClientName("acme"));
    assertThat(refused.all())
        .containsExactly(
            new RefusedAccess("cluster", "orders", "acme", "forbidden", null, 2, last),
            new RefusedAccess(
                "cluster", "orders", null, "rate_limited", null, 1, last.minusSeconds(60)));
  }

  @Test
  void aRefusedJwtIsShownWithWhatWasWrong() {
    refused.unauthenticated(new Refused(Refusal.EXPIRED, "cluster", "it expired an hour ago"));
    assertThat(refused.all().getFirst())
        .isEqualTo(
            new RefusedAccess(
                "cluster", null, null, "expired", "it expired an hour ago", 1, clock.instant()));
  }

  @Test
  void refusalsAreForgottenAfterAnHour() {
    refused.forbidden(ORDERS, null);
    clock.advance(Duration.ofMinutes(61));
    assertThat(refused.all()).isEmpty();
  }

  @Test
  void aFloodOfNamesTakesBoundedMemory() {
    for (var client = 0; client < 10 * RefusedUsage.MOST; client++) {
      refused.forbidden(ORDERS, new ClientName("client-" + client));
    }
    assertThat(refused.all()).hasSizeBetween(1, RefusedUsage.MOST);
  }
}
