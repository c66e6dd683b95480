package tokenbroker.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Clients;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.ScriptedUpstream;

/**
 * Makes the packaged broker do its usual production work while its JVM records the result: loaded
 * and linked classes (JEP 483), and the methods worth compiling (JEP 515). {@code bin/aot-cache}
 * starts it.
 */
final class TrainingRun {

  private static final int CLIENTS = 20;
  private static final int HITS = 20_000;

  private TrainingRun() {}

  public static void main(String[] file) throws IOException {
    var cache = Path.of(file[0]).toAbsolutePath();
    var issuer = new CallerTokens("k1");
    var files =
        new BrokerFiles(Files.createTempDirectory("token-broker-training")).callerKeys(issuer);
    try (var redis = new RealRedis();
        var upstream = ScriptedUpstream.start()) {
      Clients.write(files, upstream, CLIENTS);
      var settings =
          BrokerProcess.with(files)
              .jvm("@jvm.options")
              .with("quarkus.redis.hosts", redis.url())
              .with("broker.callers.rate-limit", "0");
      try (var sharing = settings.start();
          var learning = settings.jvm("-XX:AOTCacheOutput=" + cache).start()) {
        Clients.paths(CLIENTS / 2).forEach(path -> sharing.get(path, jwt(issuer)));
        work(learning, issuer);
        learning.terminate();
        learning.exitCode();
        if (!Files.exists(cache)) {
          throw new IllegalStateException("no cache was written:\n" + learning.output());
        }
      }
    }
  }

  private static void work(BrokerProcess broker, CallerTokens issuer) {
    var paths = Clients.paths(CLIENTS);
    var jwt = jwt(issuer);
    for (var i = 0; i < HITS; i++) {
      broker.get(paths.get(i % CLIENTS), jwt);
    }
    for (var path : paths) {
      broker.get(path, jwt(issuer));
      broker.get(path, jwt, "Prefer", "min-ttl=600");
      broker.post(path + "/invalidate", jwt, "{\"token_id\":\"unknown\"}");
    }
    for (var path : List.of("/clients", "/clients/client-0", "/tokens/unknown", "/nowhere")) {
      broker.get(path, jwt);
      broker.get(path, "no JWT");
    }
    for (var path : List.of("/q/metrics", "/q/health", "/q/health/ready")) {
      broker.managementGet(path);
    }
  }

  private static String jwt(CallerTokens issuer) {
    return issuer.token(Clients.CALLER);
  }
}
