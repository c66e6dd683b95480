package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tokenbroker.testing.Responses.json;

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
      bothShareEverything(first.getLast(), second);
      replaced(callers, first.getLast(), order);
      var served = callers.answered();
      await().until(() -> callers.answered() > served + 50);
      var calls = callers.end();

      assertThat(calls)
          .allSatisfy(call -> assertThat(call.status()).as(call.body()).isEqualTo(200));
      assertThat(site.refreshTokens()).doesNotHaveDuplicates();
      assertThat(site.upstream().count("id-bolt"))
          .as("one fetch, and one for a report of a dead token")
          .isEqualTo(2);
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

  private void bothShareEverything(BrokerProcess old, BrokerProcess next) {
    await().until(() -> hears(old) && hears(next));
    assertThat(tokenId(next, "/tokens/acme")).isEqualTo(tokenId(old, "/tokens/acme"));
    assertAReportReachesTheOther(old, next, "/tokens/acme");
    assertAReportReachesTheOther(next, old, "/tokens/bolt");

    var bob = "/tokens/acme/connections/" + site.connection(old, "acme", "bob");
    var carol = "/tokens/acme/connections/" + site.connection(next, "acme", "carol");
    assertAReportReachesTheOther(next, old, bob);
    assertAReportReachesTheOther(old, next, carol);
    for (var broker : List.of(old, next)) {
      assertThat(broker.metric("token_broker_store_open_failures_total")).isZero();
      assertThat(broker.output()).doesNotContain("ERROR");
    }
  }

  /** A token that one build replaces leaves the other's memory. */
  private void assertAReportReachesTheOther(BrokerProcess by, BrokerProcess other, String path) {
    var dead = tokenId(other, path);
    var answer = by.post(path + "/invalidate", site.caller(), "{\"token_id\": \"" + dead + "\"}");
    assertThat(json(answer).path("replaced").booleanValue()).as(answer.body()).isTrue();
    var fresh = json(answer).path("token_id").textValue();
    await().untilAsserted(() -> assertThat(tokenId(other, path)).isEqualTo(fresh));
  }

  private static boolean hears(BrokerProcess broker) {
    return broker.managementGet("/q/health/ready").contains("\"heard\"");
  }

  private String tokenId(BrokerProcess broker, String path) {
    return broker.get(path, site.caller()).headers().firstValue("Token-Id").orElseThrow();
  }

  private BrokerProcess.Settings build(boolean previous) {
    var settings = site.settings();
    return previous && PREVIOUS != null ? settings.build(Path.of(PREVIOUS)) : settings;
  }
}
