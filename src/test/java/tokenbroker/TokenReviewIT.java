package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tokenbroker.testing.Responses.json;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.ApiServer;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Measured;
import tokenbroker.testing.Site;

/** Proves that the packaged broker accepts and rejects callers as an API server's reviews say. */
class TokenReviewIT {

  private static final String OWN = "token-of-the-broker";

  @RegisterExtension private final Site site = new Site().inMemory();

  private final ApiServer server = ApiServer.publishing(site.issuer().jwks()).requiring(OWN);

  @AfterEach
  void end() {
    server.close();
  }

  @Test
  void theTokenOfADeletedPodStopsWorkingWithinAMinute() {
    try (var broker = settings().start()) {
      var jwt = site.token("orders");
      var other = site.token("orders");
      assertThat(status(broker, jwt)).isEqualTo(200);
      server.reviews().withdraw(jwt);
      var begun = Instant.now();
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(200))
          .until(
              () -> {
                assertThat(status(broker, other)).isEqualTo(200);
                return status(broker, jwt) == 401;
              });
      Measured.say(
          "theTokenOfADeletedPodStopsWorkingWithinAMinute",
          "refused after %d s, others served"
              .formatted(Duration.between(begun, Instant.now()).toSeconds()));
      assertThat(
              broker.metric("token_broker_token_reviews_total{issuer=\"test\",result=\"refused\"}"))
          .isEqualTo(1);
      assertThat(
              broker.metric(
                  "token_broker_authentication_failures_total{form=\"bearer\",reason=\"review\"}"))
          .isPositive();
      assertThat(broker.awaitOutput("\"reason\":\"review\"")).doesNotContain(jwt, OWN);
    }
  }

  @Test
  void ifReviewsAreOptionalCallersAreServedAndTheFailureIsReported() {
    server.reviews().mayReview(false);
    try (var broker = settings().start()) {
      var jwt = site.token("orders");
      assertThat(status(broker, jwt)).isEqualTo(200);
      assertThat(
              broker.metric("token_broker_token_reviews_total{issuer=\"test\",result=\"failed\"}"))
          .isPositive();
      assertThat(broker.managementGet("/q/health/ready"))
          .contains("\"issuer-test\": \"1 key, token reviews fail: status 403\"");
      var reported = "The API server does not review tokens of issuer test: status 403.";
      assertThat(broker.awaitOutput(reported, "\"subject\":\"orders\"")).doesNotContain(jwt, OWN);
      Measured.say("ifReviewsAreOptionalCallersAreServedAndTheFailureIsReported", "0 calls failed");
    }
  }

  @Test
  void ifReviewsAreRequiredNewCallersMustRetryLater() {
    server.reviews().status(503);
    try (var broker =
        settings().with("broker.issuers.test.token-review-unavailable", "refuse").start()) {
      var jwt = site.token("orders");
      var refused = broker.get("/clients", jwt);
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 2L);
      assertThat(json(refused).path("code").asText()).isEqualTo("review_unavailable");
      server.reviews().status(201);
      await().until(() -> status(broker, jwt) == 200);
    }
  }

  private BrokerProcess.Settings settings() {
    site.files().write("own-token", OWN);
    return site.settings()
        .with("broker.issuers.test.keys", server.url())
        .with("broker.issuers.test.keys-token-file", site.directory().resolve("own-token"))
        .with("broker.issuers.test.token-review", "true");
  }

  private static int status(BrokerProcess broker, String jwt) {
    return broker.get("/clients", jwt).statusCode();
  }
}
