package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Clients;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.ScriptedUpstream;

/** The password of Redis comes from a file, is taken as it stands, and may change under way. */
class RedisPasswordIT {

  private static final String PASSWORD = "p${redis}$$\\$-%40+/@:#?&";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;

  @Test
  void aReplacedPasswordIsUsedWithoutARestart() {
    var issuer = new CallerTokens("k1");
    var files = new BrokerFiles(directory).callerKeys(issuer).write("password", PASSWORD + "\n");
    try (var redis = new RealRedis("--requirepass", PASSWORD);
        var upstream = ScriptedUpstream.start()) {
      Clients.write(files, upstream, 1);
      try (var broker =
          BrokerProcess.with(files)
              .with("quarkus.redis.hosts", redis.url())
              .with("broker.redis.password-file", directory.resolve("password"))
              .start()) {
        var path = Clients.paths(1).getFirst();
        var jwt = issuer.token(Clients.CALLER);
        assertThat(broker.get(path, jwt).statusCode()).isEqualTo(200);
        assertThat(broker.metric("token_broker_store_up")).isOne();

        files.write("password", "not-yet");
        await().until(() -> broker.output().contains("The broker uses the new password of Redis"));
        assertThat(broker.get(path, jwt).statusCode()).isEqualTo(200);
        try (var session = redis.session()) {
          session.command("AUTH " + PASSWORD);
          session.command("CONFIG SET requirepass next");
          session.command("CLIENT KILL TYPE normal SKIPME yes");
          session.command("CLIENT KILL TYPE pubsub");
        }
        await().atMost(PATIENCE).until(() -> broker.output().contains("WRONGPASS"));
        assertThat(broker.get(path, jwt).statusCode()).isEqualTo(200);

        files.write("password", "next");
        await()
            .atMost(PATIENCE)
            .until(
                () -> {
                  broker.get("/clients", jwt);
                  return broker.metric("token_broker_store_up") == 1;
                });
        assertThat(broker.output()).doesNotContain(PASSWORD, "not-yet", "\"next\"");
      }
    }
  }
}
