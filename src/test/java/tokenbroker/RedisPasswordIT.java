package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.Clients;
import tokenbroker.testing.Site;

/**
 * Proves that the password of Redis is read from a file, unchanged, and that it can change at run
 * time.
 */
class RedisPasswordIT {

  private static final String PASSWORD = "p${redis}$$\\$-%40+/@:#?&";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @RegisterExtension
  private final Site site = new Site().clients(1).redis("--requirepass", PASSWORD);

  @Test
  void aReplacedPasswordIsUsedWithoutARestart() {
    site.files().write("password", PASSWORD + "\n");
    try (var broker =
        site.settings()
            .with("broker.redis.password-file", site.directory().resolve("password"))
            .start()) {
      var path = Clients.paths(1).getFirst();
      assertThat(broker.get(path, site.caller()).statusCode()).isEqualTo(200);
      assertThat(broker.metric("token_broker_store_up")).isOne();

      site.files().write("password", "not-yet");
      await().until(() -> broker.output().contains("The broker uses the new password of Redis"));
      assertThat(broker.get(path, site.caller()).statusCode()).isEqualTo(200);
      try (var session = site.redis().session()) {
        session.command("AUTH " + PASSWORD);
        session.command("CONFIG SET requirepass next");
        session.command("CLIENT KILL TYPE normal SKIPME yes");
        session.command("CLIENT KILL TYPE pubsub");
      }
      await().atMost(PATIENCE).until(() -> broker.output().contains("WRONGPASS"));
      assertThat(broker.get(path, site.caller()).statusCode()).isEqualTo(200);

      site.files().write("password", "next");
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                broker.get("/clients", site.caller());
                return broker.metric("token_broker_store_up") == 1;
              });
      assertThat(broker.output()).doesNotContain(PASSWORD, "not-yet", "\"next\"");
    }
  }
}
