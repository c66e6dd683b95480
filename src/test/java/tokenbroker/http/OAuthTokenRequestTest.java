package tokenbroker.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.callers.CredentialForm;
import tokenbroker.http.OAuthTokenRequest.Reading;
import tokenbroker.http.OAuthTokenRequest.Reading.Refused;
import tokenbroker.http.OAuthTokenRequest.Reading.Unauthenticated;
import tokenbroker.http.OAuthTokenRequest.Reading.Understood;
import tokenbroker.tokens.TokenRequirement;

/** Proves which requests the standard token endpoint understands, and as what (contract §8). */
class OAuthTokenRequestTest {

  private static final String JWT = "eyJh.eyJz.c2ln-_x";
  private static final String CC = "grant_type=client_credentials";
  private static final String TE =
      "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange";
  private static final String JWT_TYPE = "&subject_token_type=urn:ietf:params:oauth:token-type:jwt";
  private static final String ASSERTION_TYPE =
      "&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

  @Test
  void eachFormOfTheCredentialIsUnderstood() {
    var basic = understood("Basic " + base64("acme-eu:" + JWT), CC);
    assertThat(basic.form()).isEqualTo(CredentialForm.BASIC);
    var post = understood(null, CC + "&client_id=acme-eu&client_secret=" + JWT);
    assertThat(post.form()).isEqualTo(CredentialForm.POST);
    var assertion =
        understood(null, CC + "&client_id=acme-eu&client_assertion=" + JWT + ASSERTION_TYPE);
    assertThat(assertion.form()).isEqualTo(CredentialForm.ASSERTION);
    var exchange = understood(null, TE + "&audience=acme-eu&subject_token=" + JWT + JWT_TYPE);
    assertThat(exchange.form()).isEqualTo(CredentialForm.EXCHANGE);
    assertThat(exchange.byAudience()).isTrue();
    assertThat(exchange.isExchange()).isTrue();
    assertThat(List.of(basic, post, assertion, exchange))
        .allSatisfy(
            request -> {
              assertThat(request.jwt()).isEqualTo(JWT);
              assertThat(request.client()).isEqualTo("acme-eu");
              assertThat(request.scope()).isEmpty();
              assertThat(request.need()).isEqualTo(new TokenRequirement.Usable());
            });
  }

  /** openid-client encodes every character but letters and digits. */
  @Test
  void theTwoPartsOfBasicAreFormDecoded() {
    var encoded = JWT.replace("-", "%2D").replace(".", "%2E").replace("_", "%5F");
    var request = understood("basic " + base64("acme%2Deu:" + encoded), CC);
    assertThat(request.client()).isEqualTo("acme-eu");
    assertThat(request.jwt()).isEqualTo(JWT);
  }

  @Test
  void anEmptyPasswordNamesTheClientAndIsNoCredential() {
    var request =
        understood("Basic " + base64("acme-eu:"), CC + "&client_assertion=" + JWT + ASSERTION_TYPE);
    assertThat(request.client()).isEqualTo("acme-eu");
    assertThat(request.form()).isEqualTo(CredentialForm.ASSERTION);
    assertThat(read("Basic " + base64("acme-eu:"), CC)).isEqualTo(new Unauthenticated(true));
  }

  @Test
  void whiteSpaceAroundAJwtIsDropped() {
    assertThat(understood(null, CC + "&client_id=a&client_secret=%20" + JWT + "%0A").jwt())
        .isEqualTo(JWT);
  }

  @Test
  void emptyAndUnknownParametersAreIgnored() {
    var request =
        understood(
            null,
            CC
                + "&scope=&client_id=a&&x&y=1&y=2&=&resource=&client_assertion=&client_secret="
                + JWT);
    assertThat(request.scope()).isEmpty();
  }

  @Test
  void scopeAndMinTtlAreRead() {
    var request =
        understood(null, CC + "&client_id=a&client_secret=j&scope=user+admin&min_ttl=900");
    assertThat(request.scope()).containsExactly("user", "admin");
    assertThat(request.need()).isEqualTo(new TokenRequirement.MinTtl(Duration.ofMinutes(15)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded;charset=UTF-8",
        "Application/X-WWW-Form-URLencoded ; charset=iso-8859-1"
      })
  void theParametersOfTheMediaTypeAreIgnored(String type) {
    assertThat(read(type, null, null, CC + "&client_id=a&client_secret=j"))
        .isInstanceOf(Understood.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "multipart/form-data; boundary=x", "text/plain", ""})
  void anotherMediaTypeIsRefused(String type) {
    assertThat(error(read(type, null, null, CC + "&client_id=a&client_secret=j")))
        .isEqualTo("invalid_request");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          client_id=a&client_secret=j                                       | invalid_request
          grant_type=&client_id=a&client_secret=j                           | invalid_request
          grant_type=password&client_id=a&client_secret=j                   | unsupported_grant_type
          grant_type=Client_Credentials&client_id=a&client_secret=j         | unsupported_grant_type
          CC&grant_type=client_credentials&client_id=a&client_secret=j      | invalid_request
          CC&client_id=a&client_id=a&client_secret=j                        | invalid_request
          CC&client_id=&client_id=a&client_secret=j                         | invalid_request
          CC&client_secret=j                                                | invalid_request
          CC&client_id=a&client_secret=j&client_assertion=jASSERTION        | invalid_request
          CC&client_id=a&client_assertion=j                                 | invalid_request
          CC&client_id=a&client_assertion=j&client_assertion_type=jwt       | invalid_request
          CC&client_id=a&subject_token=jSUBJECT                             | invalid_request
          CC&client_id=a&client_secret=j&resource=https://x                 | invalid_target
          CC&client_id=a&client_secret=j&actor_token=j                      | invalid_request
          CC&client_id=a&client_secret=j&requested_token_type=id            | invalid_request
          CC&client_id=a&client_secret=j&min_ttl=-1                         | invalid_request
          CC&client_id=a&client_secret=j&min_ttl=86401                      | invalid_request
          CC&client_id=a&client_secret=j&min_ttl=1.5                        | invalid_request
          CC&client_id=a&client_secret=j&min_ttl=1&min_ttl=1                | invalid_request
          CC&client_id=a&client_secret=%                                    | invalid_request
          CC&client_id=a&client_secret=%4                                   | invalid_request
          CC&client_id=a&client_secret=%+1                                  | invalid_request
          CC&client_id=a&client_secret=%zz                                  | invalid_request
          CC&client_id=a&client_secret=%FF                                  | invalid_request
          CC&client_id=a&client_secret=%C0%80                               | invalid_request
          CC&client_id=a&client_secret=%ED%A0%80                            | invalid_request
          TE&client_id=a&client_secret=j                                    | invalid_request
          TE&client_id=a&subject_token=j                                    | invalid_request
          TE&client_id=a&subject_token=j&subject_token_type=saml            | invalid_request
          TE&subject_token=jSUBJECT                                         | invalid_request
          TE&client_id=a&audience=b&subject_token=jSUBJECT                  | invalid_target
          """)
  void whatIsMalformedIsRefused(String form, String error) {
    var body =
        form.replaceFirst("^CC", CC)
            .replaceFirst("^TE", TE)
            .replace("ASSERTION", ASSERTION_TYPE)
            .replace("SUBJECT", JWT_TYPE);
    var reading = read(null, body);
    assertThat(error(reading)).isEqualTo(error);
    assertThat(((Refused) reading).refusal().status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"grant_type", "client_id", "client_secret", "client_assertion", "subject_token"})
  void whatBelongsIntoTheBodyIsRefusedInTheQuery(String name) {
    var reading =
        read(
            "application/x-www-form-urlencoded",
            null,
            "x=1&" + name + "=v",
            CC + "&client_id=a&client_secret=j");
    assertThat(error(reading)).isEqualTo("invalid_request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer x", "bearer", "Digest a=b", "Basic", "", "Negotiate x"})
  void aSchemeOtherThanBasicIsNoCredential(String authorization) {
    assertThat(read(authorization, CC + "&client_id=a&client_secret=j"))
        .isEqualTo(new Unauthenticated(true));
  }

  @Test
  void noCredentialIsUnauthenticated() {
    assertThat(read(null, CC + "&client_id=a")).isEqualTo(new Unauthenticated(false));
    assertThat(read(null, TE + "&client_id=a")).isEqualTo(new Unauthenticated(false));
  }

  @Test
  void aMalformedBasicIsRefused() {
    assertThat(error(read("Basic !!", CC))).isEqualTo("invalid_request");
    assertThat(error(read("Basic " + base64("nocolon"), CC))).isEqualTo("invalid_request");
    assertThat(error(read("Basic " + base64("a:%"), CC))).isEqualTo("invalid_request");
    assertThat(error(read("Basic " + base64("a:\u00ff"), CC))).isEqualTo("invalid_request");
    assertThat(error(read("Basic " + base64("a:j"), CC + "&client_id=b")))
        .isEqualTo("invalid_request");
    assertThat(error(read("Basic " + base64("a:j"), CC + "&client_secret=j")))
        .isEqualTo("invalid_request");
  }

  /** RFC 6749 §5.2 allows no quotes, backslashes or non-ASCII characters. */
  @Test
  void everyDescriptionIsPlainAscii() {
    assertThat(ProblemCode.values())
        .allSatisfy(
            code ->
                assertThat(OAuthRefusal.of(code, null).description())
                    .matches("[\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]+"));
  }

  private static OAuthTokenRequest understood(@Nullable String authorization, String body) {
    return ((Understood) read(authorization, body)).request();
  }

  private static String error(Reading reading) {
    return ((Refused) reading).refusal().error();
  }

  private static Reading read(@Nullable String authorization, String body) {
    return read("application/x-www-form-urlencoded", authorization, null, body);
  }

  private static Reading read(
      String type, @Nullable String authorization, @Nullable String query, String body) {
    var headers = MultiMap.caseInsensitiveMultiMap().add("Content-Type", type);
    if (authorization != null) {
      headers.add("Authorization", authorization);
    }
    return OAuthTokenRequest.read(headers, query, body.getBytes(UTF_8));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(ISO_8859_1));
  }
}
