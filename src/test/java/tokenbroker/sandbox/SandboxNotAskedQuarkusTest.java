package tokenbroker.sandbox;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;
import tokenbroker.config.BrokerConfig;

@QuarkusTest
@TestProfile(SandboxProfiles.NotAsked.class)
class SandboxNotAskedQuarkusTest {

  @Inject BrokerConfig broker;
  @Inject SandboxConfig sandbox;

  @Test
  void theBrokerIsNotConfiguredByTheSandbox() {
    assertThat(broker.issuers()).doesNotContainKey("sandbox");
    assertThat(sandbox.directory()).isEmpty();
  }

  @Test
  void itsEndpointsAreThere() {
    given().get("/sandbox/caller-token").then().statusCode(200);
  }
}
