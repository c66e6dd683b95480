package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Clients;
import tokenbroker.testing.Measured;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.ScriptedUpstream;
import tokenbroker.testing.SteadyCallers;

/** Replicas come and go as Kubernetes has it, and no caller notices. */
class RollingIT {

  private static final CallerTokens ISSUER = new CallerTokens("k1");
  private static final int CLIENTS = 10;

  @TempDir Path directory;

  private final String orders = ISSUER.token(Clients.CALLER);
  private final List<BrokerProcess> brokers = new ArrayList<>();
  private RealRedis redis;
  private ScriptedUpstream upstream;
  private BrokerProcess.Settings settings;

  @BeforeEach
  void start() {
    redis = new RealRedis();
    upstream = ScriptedUpstream.start();
    var files = new BrokerFiles(directory).callerKeys(ISSUER);
    Clients.write(files, upstream, CLIENTS);
    settings =
        BrokerProcess.with(files)
            .with("quarkus.redis.hosts", redis.url())
            .with("quarkus.shutdown.delay", "2s");
  }

  @AfterEach
  void end() {
    brokers.forEach(BrokerProcess::close);
    upstream.close();
    redis.close();
  }

  @Test
  void replacingEveryReplicaUnderLoadFailsNoCallAndFetchesNothing() {
    brokers.addAll(settings.start(2));
    var paths = Clients.paths(CLIENTS);
    paths.forEach(path -> brokers.getFirst().get(path, orders));
    var old = List.copyOf(brokers);
    try (var callers = SteadyCallers.on(old, paths, orders, 200)) {
      for (var leaving : old) {
        var coming = settings.start();
        brokers.add(coming);
        callers.putIn(coming);
        leaving.terminate();
        await().until(() -> !leaving.isReady());
        callers.takeOut(leaving); // as endpoints follow readiness, while everything is still served
        assertThat(leaving.exitCode()).isIn(0, 143);
      }
      var served = callers.answered();
      await().until(() -> callers.answered() > served + 200);
      var calls = callers.end();

      assertThat(calls)
          .allSatisfy(call -> assertThat(call.status()).as(call.body()).isEqualTo(200));
      assertThat(upstream.count()).isEqualTo(CLIENTS);
      Measured.say(
          "replacingEveryReplicaUnderLoadFailsNoCallAndFetchesNothing",
          "%d calls, 0 failed, 0 fetches".formatted(calls.size()));
    }
  }

  @Test
  void aRequestThatWasAcceptedBeforeTheEndIsAnswered() {
    brokers.add(settings.start());
    var leaving = brokers.getFirst();
    upstream.answer(Answer.token().after(Duration.ofSeconds(4)));
    var accepted = leaving.sendAsync("/tokens/client-0", orders);
    await().until(() -> upstream.count() == 1);
    leaving.terminate();

    assertThat(accepted.join().statusCode()).isEqualTo(200);
    leaving.exitCode();
    Measured.say(
        "aRequestThatWasAcceptedBeforeTheEndIsAnswered", "answered 4 s later, 2 s after the delay");
  }
}
