package tokenbroker.sandbox.trackmage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenbroker.testing.SettableClock;

class AuthorizationCodesTest {

  private static final String USER = "alice@sandbox.invalid";
  private static final String REDIRECT_URI = "http://127.0.0.1:1/callback";

  /** The example in RFC 7636, appendix B. */
  private static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

  private static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

  private final SettableClock clock = new SettableClock();
  private final AuthorizationCodes codes = new AuthorizationCodes(clock);

  @Test
  void aCodeIsGoodOnce() {
    var code = issue();
    assertThat(redeem(code)).isEqualTo(new Redemption.Accepted(USER));
    assertThat(redeem(code))
        .isEqualTo(
            Redemption.refused("invalid_grant", "Code doesn't exist or is invalid for the client"));
  }

  @Test
  void aCodeLivesThirtySeconds() {
    var inTime = issue();
    var late = issue();
    clock.advance(Duration.ofSeconds(30).minusMillis(1));
    assertThat(redeem(inTime)).isEqualTo(new Redemption.Accepted(USER));
    clock.advance(Duration.ofMillis(1));
    assertThat(redeem(late))
        .isEqualTo(Redemption.refused("invalid_grant", "The authorization code has expired"));
  }

  @Test
  void anOldCodeIsForgotten() {
    var old = issue();
    clock.advance(Duration.ofHours(1));
    issue();
    assertThat(redeem(old))
        .isEqualTo(
            Redemption.refused("invalid_grant", "Code doesn't exist or is invalid for the client"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "absent",
      textBlock =
          """
          code         | absent                       | invalid_request       | Missing parameter. "code" is required
          code         | guessed                      | invalid_grant         | Code doesn't exist or is invalid for the client
          redirect_uri | absent                       | invalid_request       | The redirect URI parameter is required.
          redirect_uri | http://127.0.0.1:1/callback/ | redirect_uri_mismatch | The redirect URI is missing or do not match
          """)
  void errorsAreTrackMages(String changed, String value, String error, String description) {
    var code = issue();
    var parameters = new HashMap<>(Map.of("code", code, "redirect_uri", REDIRECT_URI));
    parameters.remove(changed);
    if (value != null) {
      parameters.put(changed, value);
    }
    assertThat(codes.redeem("demo", parameters)).isEqualTo(Redemption.refused(error, description));
    assertThat(redeem(code))
        .as("the code has not been used up")
        .isEqualTo(new Redemption.Accepted(USER));
  }

  @Test
  void aCodeIsGoodForItsClientOnly() {
    var parameters = Map.of("code", issue(), "redirect_uri", REDIRECT_URI);
    assertThat(codes.redeem("other", parameters))
        .isEqualTo(
            Redemption.refused("invalid_grant", "Code doesn't exist or is invalid for the client"));
    assertThat(codes.redeem("demo", parameters)).isEqualTo(new Redemption.Accepted(USER));
  }

  @Test
  void aChallengeIsMetByItsVerifierAlone() {
    var code = issue(CHALLENGE);
    var mismatch =
        Redemption.refused("invalid_grant", "The code verifier does not match the code challenge");
    assertThat(redeem(code)).isEqualTo(mismatch);
    assertThat(redeem(code, CHALLENGE)).isEqualTo(mismatch);
    assertThat(redeem(code, VERIFIER)).isEqualTo(new Redemption.Accepted(USER));
  }

  @Test
  void aVerifierWithoutAChallengeIsRefused() {
    assertThat(redeem(issue(), VERIFIER))
        .isEqualTo(
            Redemption.refused(
                "invalid_grant", "The code verifier does not match the code challenge"));
  }

  private String issue() {
    return issue(null);
  }

  private String issue(@Nullable String challenge) {
    return codes.issue(new AuthorizationRequest("demo", REDIRECT_URI, "s", challenge), USER);
  }

  private Redemption redeem(String code) {
    return codes.redeem("demo", Map.of("code", code, "redirect_uri", REDIRECT_URI));
  }

  private Redemption redeem(String code, String verifier) {
    return codes.redeem(
        "demo", Map.of("code", code, "redirect_uri", REDIRECT_URI, "code_verifier", verifier));
  }
}
