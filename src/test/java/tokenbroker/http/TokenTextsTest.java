package tokenbroker.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenbroker.http.TokenTexts.Form;
import tokenbroker.time.Moment;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.Lifespan;
import tokenbroker.tokens.Provenance;
import tokenbroker.tokens.TokenId;
import tokenbroker.tokens.TokenResult.Issued;
import tokenbroker.tokens.TokenResult.ServedFrom;
import tokenbroker.tokens.TokenResult.Warning;

class TokenTextsTest {

  private static final Validity VALIDITY =
      new Validity(3599, "2026-11-27T10:00:00Z", "2026-11-27T09:50:00Z");

  private final ObjectMapper json = new ObjectMapper();
  private final TokenTexts texts = new TokenTexts(json, 100_000);

  /** Among them values that look like the fields that are left out of the rendered text. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          token                                                      | -             | -
          token                                                      | api           | user@example.com
          a"b\\c/d                                                    | "             | \\
          "expires_in":0,"expires_at":"","refresh_at":""             | api           | -
          \\"expires_in":0,"expires_at":"","refresh_at":""            | -             | zürich@例え.jp
          x                                                          | "expires_in":1 | "expires_in":0,"expires_at":"","refresh_at":""
          """)
  void theJsonIsThatOfTheViews(String value, @Nullable String scope, @Nullable String email)
      throws JsonProcessingException {
    var issued = issued(token(value, scope, email, 1), null);
    var token = issued.token();

    assertThat(text(issued, Form.TOKEN))
        .isEqualTo(json.writeValueAsString(TokenView.of(token, VALIDITY, null, null)));
    assertThat(text(issued, Form.OAUTH))
        .isEqualTo(json.writeValueAsString(OAuthTokenView.of(token, 3599, null)));
    assertThat(text(issued, Form.OAUTH_EXCHANGE))
        .isEqualTo(
            json.writeValueAsString(
                OAuthTokenView.of(token, 3599, OAuthTokenRequest.ACCESS_TOKEN_TYPE)));
    assertThat(text(issued, Form.TOKEN))
        .as("again, from the cache")
        .contains(json.writeValueAsString(value));
  }

  @Test
  void aWarningAndAnotherScopeAreNotThoseOfTheCachedText() {
    assertThat(text(issued(token("t", "old", null, 1), null), Form.TOKEN))
        .contains("old")
        .doesNotContain("warning");
    assertThat(text(issued(token("t", "new", null, 1), Warning.SHORT_OF_MIN_TTL), Form.TOKEN))
        .contains("new", "warning")
        .doesNotContain("old");
    assertThat(text(issued(token("t", "new", null, 1), null), Form.TOKEN))
        .doesNotContain("warning");
  }

  @Test
  void aNearlyExpiredTokenStillHasASecondForOAuthClients() {
    var issued = issued(token("t", null, null, 1), null);

    assertThat(TokenTexts.json(new Validity(0, "", ""), Form.OAUTH)).isEqualTo("\"expires_in\":1");
    assertThat(texts.of(issued, Form.OAUTH).buffer("\"expires_in\":1").toString())
        .contains("\"expires_in\":1,");
  }

  @Test
  void aFrequentTokenIsRenderedOnlyAFewTimes() {
    var issued = issued(token("t", null, null, 1), null);

    assertThat(Stream.generate(() -> texts.of(issued, Form.TOKEN)).limit(10_000).distinct().count())
        .isLessThan(1_000);
  }

  @Test
  void manyTokensDoNotFillTheMemory() {
    var small = new TokenTexts(json, 10_000);
    for (var i = 0; i < 1_000; i++) {
      var _ = small.of(issued(token("t".repeat(500), null, null, i), null), Form.TOKEN);
    }
    assertThat(small.weight()).isPositive().isLessThanOrEqualTo(10_000);
  }

  private String text(Issued issued, Form form) {
    var text = texts.of(issued, form);
    var validity = TokenTexts.json(VALIDITY, form);
    var out = Unpooled.buffer();
    text.writeTo(out, validity);
    assertThat(out.readableBytes()).isEqualTo(text.length() + validity.length());
    assertThat(text.buffer(validity).toString()).isEqualTo(out.toString(UTF_8));
    return out.toString(UTF_8);
  }

  private static Issued issued(AccessToken token, @Nullable Warning warning) {
    return new Issued(token, ServedFrom.NEARBY, warning);
  }

  private static AccessToken token(
      String value, @Nullable String scope, @Nullable String email, int number) {
    return new AccessToken(
        value,
        scope,
        email == null ? null : "7",
        email,
        new TokenId("%022d".formatted(number)),
        new Lifespan(Instant.EPOCH, new Moment(0), Duration.ofHours(1)),
        new Provenance("https://upstream.test", "client", null, "version"));
  }
}
