package tokenbroker.callers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.callers.Verification.Refused;
import tokenbroker.callers.Verification.Verified;

/** Proves that JWTs with invalid claim values are rejected, even if the issuer has signed them. */
class OddClaimsTest {

  private static final RsaJsonWebKey KEY = Signed.rsa("k1");
  private static final List<String> ODD_VALUES =
      List.of(
          "null",
          "true",
          "7",
          "-7",
          "0.5",
          "1e300",
          "-1e300",
          "1e999",
          "9223372036854775807",
          "-9223372036854775808",
          "99999999999999999999999999",
          "\"\"",
          "\"text\"",
          "[]",
          "[null]",
          "[1,[2]]",
          "[{}]",
          "{}",
          "{\"a\":{\"b\":[1]}}");

  @TempDir static Path directory;

  private static CallersUnderTest site;

  @BeforeAll
  static void start() throws IOException {
    var file = Files.writeString(directory.resolve("keys"), new JsonWebKeySet(KEY).toJson());
    site = CallersUnderTest.withKeys(file.toString()).read();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          exp    | 1e300
          exp    | 9223372036854775807
          exp    | 9223372036854775808
          exp    | 1e999
          exp    | null
          exp    | "4102444800"
          exp    | [4102444800]
          exp    | -1e300
          iat    | 1e300
          iat    | "today"
          iat    | {}
          iat    | -9223372036854775808
          nbf    | -1e300
          nbf    | -9223372036854775808
          nbf    | "today"
          nbf    | []
          groups | {}
          groups | {"a":"b"}
          groups | 7
          groups | true
          groups | null
          groups | [1]
          groups | ["a",{}]
          groups | [null]
          sub    | 7
          sub    | ["orders"]
          sub    | {"a":"b"}
          sub    | null
          aud    | {"token-broker":true}
          aud    | 7
          aud    | null
          aud    | ["token-broker",7]
          aud    | [["token-broker"]]
          """)
  void aClaimOfAnOddTypeOrRangeIsRefused(String claim, String value) {
    var verification = site.verify(jwt(claim, value));
    assertThat(verification).isInstanceOf(Refused.class);
  }

  static Stream<Arguments> everyClaimWithEveryOddValue() {
    return Stream.of(
            "iss",
            "aud",
            "sub",
            "exp",
            "iat",
            "nbf",
            "jti",
            "groups",
            "upn",
            "preferred_username",
            "azp",
            "scope",
            "roles",
            "realm_access",
            "raw_token",
            "auth_time",
            "address",
            "cnf",
            "kubernetes.io",
            "updated_at",
            "email_verified",
            "")
        .flatMap(claim -> ODD_VALUES.stream().map(value -> Arguments.of(claim, value)));
  }

  @ParameterizedTest
  @MethodSource("everyClaimWithEveryOddValue")
  void noValueOfAnyClaimIsAFaultOfTheBroker(String claim, String value) {
    var jwt = jwt(claim, value);
    assertThat(site.verify(jwt)).isInstanceOfAny(Refused.class, Verified.class);
    site.callers.remembered(jwt);
  }

  @Test
  void claimsThatTheBrokerDoesNotUseMayBeAnything() {
    assertThat(site.verify(jwt("kubernetes.io", "{\"pod\":{\"name\":\"a\",\"uid\":[1,null]}}")))
        .isInstanceOf(Verified.class);
  }

  @Test
  void timesMayHaveFractionsAndGroupsMayBeEmpty() {
    assertThat(site.verify(jwt("exp", "4102444800.5"))).isInstanceOf(Verified.class);
    assertThat(site.verify(jwt("iat", "1700000000.25"))).isInstanceOf(Verified.class);
    assertThat(site.verify(jwt("groups", "[]"))).isInstanceOf(Verified.class);
  }

  /** Returns a valid payload in which one claim has exactly this JSON text. */
  private static String jwt(String claim, String value) {
    var claims = Signed.claims();
    claims.remove(claim);
    var payload = JsonUtil.toJson(claims);
    var odd = "{\"" + claim + "\":" + Objects.requireNonNull(value) + "," + payload.substring(1);
    return Signed.by(KEY, "k1", odd);
  }
}
