package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.Answer;
import tokenbroker.testing.Clients;
import tokenbroker.testing.Measured;
import tokenbroker.testing.Site;
import tokenbroker.testing.SteadyCallers;

/** Proves that no caller notices when Kubernetes replaces replicas. */
class RollingIT {

  private static final int CLIENTS = 10;

  @RegisterExtension
  private final Site site = new Site().clients(CLIENTS).with("quarkus.shutdown.delay", "2s");

  @Test
  void replacingEveryReplicaUnderLoadFailsNoCallAndFetchesNothing() {
    var old = site.start(site.settings(), 2);
    var paths = Clients.paths(CLIENTS);
    paths.forEach(path -> old.getFirst().get(path, site.caller()));
    try (var callers = SteadyCallers.on(old, paths, site.caller(), 200)) {
      for (var leaving : old) {
        var coming = site.start(site.settings());
        callers.putIn(coming);
        leaving.terminate();
        await().until(() -> !leaving.isReady());
        callers.takeOut(leaving); // It is no longer an endpoint, but still serves.
        assertThat(leaving.exitCode()).isIn(0, 143);
      }
      var served = callers.answered();
      await().until(() -> callers.answered() > served + 200);
      var calls = callers.end();

      assertThat(calls)
          .allSatisfy(call -> assertThat(call.status()).as(call.body()).isEqualTo(200));
      assertThat(site.upstream().count()).isEqualTo(CLIENTS);
      Measured.say(
          "replacingEveryReplicaUnderLoadFailsNoCallAndFetchesNothing",
          "%d calls, 0 failed, 0 fetches".formatted(calls.size()));
    }
  }

  @Test
  void aRequestThatWasAcceptedBeforeTheEndIsAnswered() {
    var leaving = site.start(site.settings());
    site.upstream().answer(Answer.token().after(Duration.ofSeconds(4)));
    var accepted = leaving.sendAsync("/tokens/client-0", site.caller());
    await().until(() -> site.upstream().count() == 1);
    leaving.terminate();

    assertThat(accepted.join().statusCode()).isEqualTo(200);
    leaving.exitCode();
    Measured.say(
        "aRequestThatWasAcceptedBeforeTheEndIsAnswered", "answered 4 s later, 2 s after the delay");
  }
}
