package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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

/** Three replicas that have just started fetch each token once, whatever befalls one of them. */
class ReplicasIT {

  private static final int CLIENTS = 20;
  private static final CallerTokens ISSUER = new CallerTokens("k1");

  @TempDir Path directory;

  private final String orders = ISSUER.token(Clients.CALLER);
  private final List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
  private RealRedis redis;
  private ScriptedUpstream upstream;
  private List<BrokerProcess> brokers;

  @BeforeEach
  void start() {
    redis = new RealRedis();
    upstream = ScriptedUpstream.start();
    var files = new BrokerFiles(directory).callerKeys(ISSUER);
    Clients.write(files, upstream, CLIENTS);
    brokers = BrokerProcess.with(files).with("quarkus.redis.hosts", redis.url()).start(3);
  }

  @AfterEach
  void end() {
    brokers.forEach(BrokerProcess::close);
    upstream.close();
    redis.close();
  }

  @Test
  void aThousandColdCallsToThreeReplicasFetchOncePerClient() {
    upstream.answer(Answer.token().after(Duration.ofMillis(300)));
    for (var i = 0; i < 1000; i++) {
      call(brokers.get(i % 3), "/tokens/client-" + i % CLIENTS);
    }

    assertThat(calls).allSatisfy(call -> assertThat(call.join().statusCode()).isEqualTo(200));
    Measured.say(
        "aThousandColdCallsToThreeReplicasFetchOncePerClient", upstream.count() + " fetches");
    assertThat(upstream.count()).isEqualTo(CLIENTS);
  }

  private void call(BrokerProcess broker, String path, String... headers) {
    calls.add(
        broker
            .http()
            .sendAsync(broker.request(path, orders, headers).build(), BodyHandlers.ofString()));
  }
}
