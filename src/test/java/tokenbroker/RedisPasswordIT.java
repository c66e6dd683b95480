package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Clients;
import tokenbroker.testing.Measured;
import tokenbroker.testing.Site;
import tokenbroker.testing.SteadyCallers;

/**
 * Proves that the password of Redis is read from a file, unchanged, and that it can change at run
 * time.
 */
class RedisPasswordIT {

  private static final String PASSWORD = "p${redis}$$\\$-%40+/@:#?&";
  private static final Pattern RIGHTS =
      Pattern.compile("(?m)^ACL SETUSER token-broker on >PASSWORD (.*)$");
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @RegisterExtension
  private final Site site = new Site().clients(2).redis("--requirepass", PASSWORD);

  /** The steps of docs/operations.md. A user of Redis may have two passwords at a time. */
  @Test
  void thePasswordOfAUserRotatesUnderLoadWithoutAFailedCall() throws IOException {
    var rights = RIGHTS.matcher(Files.readString(Path.of("docs", "redis.md")));
    assertThat(rights.find()).isTrue();
    admin("ACL SETUSER token-broker on >OLD " + rights.group(1));
    site.files().write("password", "OLD");
    var brokers =
        site.start(
            site.settings()
                .with("quarkus.redis.hosts", site.redis().url() + "?user=token-broker")
                .with("broker.redis.password-file", site.directory().resolve("password")),
            2);
    var paths = Clients.paths(2);
    try (var callers = SteadyCallers.on(brokers, paths, site.caller(), 50)) {
      await().until(() -> callers.answered() > 50);

      admin("ACL SETUSER token-broker >NEW");
      site.files().write("password", "NEW");
      await().until(() -> brokers.stream().allMatch(RedisPasswordIT::hasTheNewPassword));
      admin("ACL SETUSER token-broker <OLD");
      admin("CLIENT KILL USER token-broker");
      var served = callers.answered();
      await().until(() -> callers.answered() > served + 100);
      await()
          .atMost(PATIENCE)
          .until(() -> brokers.stream().allMatch(it -> it.metric("token_broker_store_up") == 1));
      var calls = callers.end();

      assertThat(calls).allSatisfy(call -> assertThat(call.status()).isEqualTo(200));
      assertThat(site.upstream().count()).isEqualTo(paths.size());
      assertThat(brokers)
          .allSatisfy(it -> assertThat(site.outputOf(it)).doesNotContain("WRONGPASS", "NOPERM"));
      Measured.say(
          "thePasswordOfAUserRotatesUnderLoadWithoutAFailedCall",
          "%d calls, 0 failed, 0 more fetches".formatted(calls.size()));
    }
  }

  private void admin(String command) {
    assertThat(site.redis().command(command)).doesNotStartWith("-");
  }

  private static boolean hasTheNewPassword(BrokerProcess broker) {
    return broker.output().contains("The broker uses the new password of Redis");
  }

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
      broker.awaitOutput("The broker uses the new password of Redis");
      assertThat(broker.get(path, site.caller()).statusCode()).isEqualTo(200);
      try (var session = site.redis().session()) {
        session.command("AUTH " + PASSWORD);
        session.command("CONFIG SET requirepass next");
        session.command("CLIENT KILL TYPE normal SKIPME yes");
        session.command("CLIENT KILL TYPE pubsub");
      }
      broker.awaitOutput("WRONGPASS");
      assertThat(broker.get(path, site.caller()).statusCode()).isEqualTo(200);

      site.files().write("password", "next");
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                broker.get("/clients", site.caller());
                return broker.metric("token_broker_store_up") == 1;
              });
      assertThat(site.outputOf(broker)).doesNotContain(PASSWORD, "not-yet", "\"next\"");
    }
  }
}
