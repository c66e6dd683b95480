package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tokenbroker.testing.ConnectedSite.json;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.ConnectedSite;

/**
 * A client as oauth2-php makes it for the code and refresh grants alone: its secret rotates all the
 * same.
 */
class ConnectionCredentialsIT {

  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir Path directory;

  @Test
  void aClientOfConnectionsAloneGetsItsNewSecretAndAWrongOneHarmsNobody() {
    try (var site = new ConnectedSite(directory)) {
      takes(site, "secret-of-acme");
      var broker = site.start();
      var connection = site.connection(broker, "acme", "ivan");

      site.files.credentials("acme", "id-acme", "misspelt");
      await()
          .atMost(LONG)
          .until(() -> broker.output().contains("acme keeps its previous credentials"));
      assertThat(isReplaced(site, broker, connection)).isTrue();

      takes(site, "secret-of-acme", "second");
      site.files.credentials("acme", "id-acme", "second");
      await().atMost(LONG).until(() -> broker.output().contains("a fetch with them succeeded"));
      takes(site, "second");
      assertThat(site.token(broker, "acme", connection).statusCode()).isEqualTo(200);

      // It arrives before TrackMage knows it, and the one in use dies at the same moment.
      site.files.credentials("acme", "id-acme", "third");
      await()
          .atMost(LONG)
          .until(() -> broker.output().split("acme keeps its previous credentials", -1).length > 2);
      takes(site, "third");
      await()
          .atMost(LONG)
          .untilAsserted(
              () -> {
                isReplaced(site, broker, connection);
                assertThat(broker.output())
                    .contains("acme uses its new credentials: the upstream rejects");
              });
      assertThat(site.token(broker, "acme", connection).statusCode()).isEqualTo(200);
    }
  }

  private static void takes(ConnectedSite site, String... secrets) {
    var taken = Set.of(secrets);
    site.upstream.answer(
        "id-acme",
        exchange -> {
          var parameters = exchange.request().parameters();
          var answer =
              !taken.contains(parameters.getOrDefault("client_secret", ""))
                  ? Answer.error("invalid_client")
                  : "client_credentials".equals(parameters.get("grant_type"))
                      ? Answer.error("unauthorized_client")
                      : site.users;
          answer.send(exchange);
        });
  }

  private static boolean isReplaced(ConnectedSite site, BrokerProcess broker, String connection) {
    var token = site.token(broker, "acme", connection);
    if (token.statusCode() != 200) {
      return false;
    }
    var id = json(token).path("token_id").textValue();
    var answer =
        broker.post(
            "/tokens/acme/connections/" + connection + "/invalidate",
            site.caller,
            "{\"token_id\": \"" + id + "\"}");
    return json(answer).path("replaced").booleanValue();
  }
}
