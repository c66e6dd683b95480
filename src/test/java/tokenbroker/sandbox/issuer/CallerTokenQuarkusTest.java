package tokenbroker.sandbox.issuer;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenbroker.sandbox.SandboxProfiles;

@QuarkusTest
@TestProfile(SandboxProfiles.Configuring.class)
class CallerTokenQuarkusTest {

  @Test
  void oneCurlLineGivesATokenThatThePublishedKeysVerify() throws Exception {
    var claims = verified(given().get("/sandbox/caller-token?subject=a:b").asString());
    assertThat(claims.getIssuer()).isEqualTo("https://sandbox.invalid/callers");
    assertThat(claims.getAudience()).containsExactly("token-broker");
    assertThat(claims.getSubject()).isEqualTo("a:b");
    assertThat(claims.getExpirationTime().getValue() - claims.getIssuedAt().getValue())
        .isEqualTo(3600);
  }

  @Test
  void theTokenCanBePosted() throws Exception {
    assertThat(verified(given().post("/sandbox/caller-token").asString()).getSubject())
        .isEqualTo("demo");
  }

  @Test
  void groupsAreClaimed() throws Exception {
    var token = given().get("/sandbox/caller-token?group=a&group=b").asString();
    assertThat(verified(token).getStringListClaimValue("groups")).containsExactly("a", "b");
  }

  @Test
  void jsonIsThereForWhoAsks() throws Exception {
    String token =
        given()
            .accept(ContentType.JSON)
            .get("/sandbox/caller-token?ttl=5m")
            .then()
            .body("token_type", equalTo("bearer"))
            .body("expires_in", equalTo(300))
            .extract()
            .path("access_token");
    assertThat(verified(token).getSubject()).isEqualTo("demo");
  }

  @Test
  void anExpiredTokenCanBeHad() throws Exception {
    var token = given().get("/sandbox/caller-token?ttl=-5m").asString();
    assertThat(verified(token).getExpirationTime().getValue())
        .isLessThan(Instant.now().getEpochSecond());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ttl     | soon | ttl is "soon"; it must be a duration such as 3s, 500ms or 10m
          ttl     | 31d  | ttl is 31d; it must be between PT-24H and PT720H
          subject | ' '  | subject is empty; it must name a caller, such as demo
          """)
  void anInvalidParameterIsRejectedWithTheReason(String parameter, String value, String reason) {
    given()
        .queryParam(parameter, value)
        .get("/sandbox/caller-token")
        .then()
        .statusCode(400)
        .body("detail", equalTo(reason));
  }

  @Test
  void aFormHasNoEffectAndIsRejected() {
    given()
        .formParam("subject", "orders")
        .post("/sandbox/caller-token")
        .then()
        .statusCode(400)
        .body(
            "detail",
            equalTo(
                "the request has a body; send the parameters subject, group and ttl in the query,"
                    + " such as ?subject=demo"));
  }

  @Test
  void theBrokerReadsTheKeysThatArePublished() throws Exception {
    assertThat(Files.readString(Path.of(SandboxProfiles.DIRECTORY, "callers.jwks.json")))
        .isEqualTo(given().get("/sandbox/callers/jwks.json").asString())
        .doesNotContain("\"d\"");
  }

  private static JwtClaims verified(String token) throws Exception {
    var keys = new JsonWebKeySet(given().get("/sandbox/callers/jwks.json").asString());
    return new JwtConsumerBuilder()
        .setVerificationKeyResolver(new JwksVerificationKeyResolver(keys.getJsonWebKeys()))
        .setSkipAllDefaultValidators()
        .build()
        .processToClaims(token);
  }
}
