package tokenbroker.sandbox.openapi;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tokenbroker.sandbox.SandboxProfiles;

/** Proves that the API that Swagger UI shows in the sandbox can be tried there. */
@QuarkusTest
@TestProfile(SandboxProfiles.Configuring.class)
class SandboxExamplesQuarkusTest {

  private JsonNode document;

  @BeforeEach
  void read() throws IOException {
    document = new ObjectMapper().readTree(given().get("/q/openapi?format=json").asString());
  }

  @Test
  void requestsGoToWhereverTheDocumentCameFrom() {
    assertThat(document.at("/servers").findValuesAsText("url")).containsExactly("/");
  }

  @Test
  void theExamplesOfRequestsNameWhatExists() {
    assertThat(document.at("/components/parameters/Client/example").textValue()).isEqualTo("demo");
    assertThat(example("oauth2~1token", "x-www-form-urlencoded/examples/post").path("client_id"))
        .hasToString("\"demo\"");
    assertThat(
            example("clients~1{client}~1authorizations", "json/examples/connect")
                .path("return_to")
                .textValue())
        .isEqualTo("http://127.0.0.1:" + RestAssured.port + "/sandbox/demo");
  }

  @Test
  void noOptionalParameterIsSentUnasked() {
    assertThat(document.at("/components/parameters"))
        .filteredOn(parameter -> !parameter.path("required").booleanValue())
        .isNotEmpty()
        .noneMatch(parameter -> parameter.has("example") || parameter.has("examples"));
  }

  @Test
  void eachCredentialIsALinkAway() {
    assertThat(document.at("/components/securitySchemes"))
        .hasSize(2)
        .allSatisfy(
            scheme ->
                assertThat(scheme.path("description").textValue())
                    .contains("(/sandbox/caller-token?subject=demo)"));
  }

  private JsonNode example(String path, String type) {
    return document.at(
        "/paths/~1" + path + "/post/requestBody/content/application~1" + type + "/value");
  }
}
