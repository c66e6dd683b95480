package tokenbroker.callers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tokenbroker.testing.LogLines;
import tokenbroker.testing.SettableClock;

class DeniedCallersTest {

  private final SettableClock clock = new SettableClock();
  private final DeniedCallers denied = new DeniedCallers(clock);
  private final Caller orders = new Caller("cluster", "orders", Set.of(), "jwt-1");

  @Test
  void aLineNamesTheCallerTheClientAndTheReasonOnceAMinute() {
    try (var log = new LogLines(DeniedCallers.class)) {
      denied.log(orders, "acme", "there is no such client", "t1");
      denied.log(new Caller("cluster", "orders", Set.of(), "jwt-2"), "other", "why", "t2");
      denied.log(new Caller("cluster", "billing", Set.of()), "acme", "why", "t3");
      clock.advance(Duration.ofMinutes(1));
      denied.log(orders, "acme", "why", "t4");
      assertThat(log.lines())
          .containsExactly(
              "Caller \"orders\" of issuer cluster may not use the client acme: there is no such client. trace_id t1.",
              "Caller \"billing\" of issuer cluster may not use the client acme: why. trace_id t3.",
              "Caller \"orders\" of issuer cluster may not use the client acme: why. trace_id t4. 1 more denials of this caller since the last such line.");
    }
  }

  @Test
  void textFromOutsideIsQuotedAndLimited() {
    try (var log = new LogLines(DeniedCallers.class)) {
      denied.log(new Caller("cluster", "a\n{\"b\"", Set.of()), null, "why", "t");
      assertThat(log.lines())
          .singleElement()
          .asString()
          .contains("may not use the client that it named: why")
          .contains("\"a\\u000a{\\\"b\\\"\"")
          .hasSizeLessThan(400);
    }
  }
}
