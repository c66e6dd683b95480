package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.ConnectedSite;
import tokenbroker.testing.Measured;
import tokenbroker.testing.SteadyCallers;

/**
 * Proves that two builds share one Redis while one replaces the other under load, in both orders:
 * docs/upgrading.md promises it for two consecutive minor versions. {@code bin/test-upgrade} sets
 * the other build. Without it, both are the build under test.
 */
class UpgradeIT {

  private static final @Nullable String PREVIOUS = System.getProperty("previous.build");

  @RegisterExtension private final ConnectedSite site = new ConnectedSite();

  /** The order in which the builds run. */
  enum Order {
    UPGRADE,
    ROLLBACK
  }

  @ParameterizedTest
  @EnumSource
  void oneBuildReplacesAnotherUnderLoadAndBothShareEverything(Order order) {
    var first = site.start(build(order == Order.UPGRADE), 2);
    var alice = site.connection(first.getFirst(), "acme", "alice");
    var paths = List.of("/tokens/acme", "/tokens/bolt", "/tokens/acme/connections/" + alice);
    try (var callers = SteadyCallers.on(first, paths, site.caller(), 50)) {
      await().until(() -> callers.answered() > 50);
      var second = replaced(callers, first.getFirst(), order);
      site.assertShared(first.getLast(), second);
      assertThat(List.of(first.getLast(), second))
          .allSatisfy(
              broker -> {
                assertThat(broker.metric("token_broker_store_open_failures_total")).isZero();
                assertThat(site.outputOf(broker)).doesNotContain("ERROR");
              });
      replaced(callers, first.getLast(), order);
      var served = callers.answered();
      await().until(() -> callers.answered() > served + 50);
      var calls = callers.end();

      assertThat(calls)
          .allSatisfy(call -> assertThat(call.status()).as(call.body()).isEqualTo(200));
      assertThat(site.refreshTokens()).doesNotHaveDuplicates();
      assertThat(site.upstream().requests())
          .as("one fetch for each client, and one for each report of a dead token")
          .filteredOn(it -> "client_credentials".equals(it.parameters().get("grant_type")))
          .hasSize(4);
      Measured.say(
          "oneBuildReplacesAnotherUnderLoadAndBothShareEverything(" + order + ")",
          "%s; %d calls, 0 failed".formatted(builds(), calls.size()));
    }
  }

  private static String builds() {
    return PREVIOUS == null ? "the same build twice" : "this build and " + PREVIOUS;
  }

  /** Replaces a replica by one of the other build. */
  private BrokerProcess replaced(SteadyCallers callers, BrokerProcess leaving, Order order) {
    var coming = site.start(build(order == Order.ROLLBACK));
    callers.putIn(coming);
    callers.takeOut(leaving);
    leaving.terminate();
    assertThat(leaving.exitCode()).isIn(0, 143);
    return coming;
  }

  private BrokerProcess.Settings build(boolean previous) {
    var settings = site.settings();
    return previous && PREVIOUS != null ? settings.build(Path.of(PREVIOUS)) : settings;
  }
}
