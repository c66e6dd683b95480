package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.Answer;
import tokenbroker.testing.ConnectedSite;

/**
 * Proves that the secret rotates for a client that may use only the code and refresh grants, as
 * oauth2-php creates it.
 */
class ConnectionCredentialsIT {

  private static final Duration LONG = Duration.ofMinutes(1);

  @RegisterExtension private static final ConnectedSite SITE = new ConnectedSite().brokers(1);

  @Test
  void aClientOfConnectionsAloneGetsItsNewSecretAndAWrongOneHarmsNobody() {
    takes("secret-of-acme");
    var broker = SITE.broker(0);
    var connection = SITE.connection(broker, "acme", "ivan");

    SITE.files().credentials("acme", "id-acme", "misspelt");
    broker.awaitOutput("acme keeps its previous credentials");
    assertThat(SITE.isReplaced(broker, "acme", connection)).isTrue();

    takes("secret-of-acme", "second");
    SITE.files().credentials("acme", "id-acme", "second");
    broker.awaitOutput("a fetch with them succeeded");
    takes("second");
    assertThat(SITE.token(broker, "acme", connection).statusCode()).isEqualTo(200);

    // The new secret arrives before TrackMage accepts it, and the old one expires at the same
    // moment.
    SITE.files().credentials("acme", "id-acme", "third");
    await()
        .atMost(LONG)
        .until(() -> broker.output().split("acme keeps its previous credentials", -1).length > 2);
    takes("third");
    await()
        .atMost(LONG)
        .untilAsserted(
            () -> {
              SITE.isReplaced(broker, "acme", connection);
              assertThat(broker.output())
                  .contains("acme uses its new credentials: the upstream rejects");
            });
    assertThat(SITE.token(broker, "acme", connection).statusCode()).isEqualTo(200);
  }

  private static void takes(String... secrets) {
    var taken = Set.of(secrets);
    SITE.upstream()
        .answer(
            "id-acme",
            exchange -> {
              var parameters = exchange.request().parameters();
              var answer =
                  !taken.contains(parameters.getOrDefault("client_secret", ""))
                      ? Answer.error("invalid_client")
                      : "client_credentials".equals(parameters.get("grant_type"))
                          ? Answer.error("unauthorized_client")
                          : SITE.users();
              answer.send(exchange);
            });
  }
}
