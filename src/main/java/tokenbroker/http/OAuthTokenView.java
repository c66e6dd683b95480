package tokenbroker.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.jspecify.annotations.Nullable;
import tokenbroker.tokens.AccessToken;

/**
 * A token as clients of the standard token endpoint receive it (RFC 6749 §5.1, contract §8). It has
 * no {@code expires_at}, {@code refresh_token} or user fields, because widespread clients stumble
 * over them.
 *
 * @param expiresIn the remaining seconds, at least 1, because some clients take 0 for "never"
 * @param issuedTokenType present only in a token exchange (RFC 8693 §2.2.1)
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
record OAuthTokenView(
    @JsonProperty("access_token") String accessToken,
    @JsonProperty("token_type") String tokenType,
    @JsonProperty("expires_in") long expiresIn,
    @Nullable String scope,
    @JsonProperty("token_id") String tokenId,
    @JsonProperty("issued_token_type") @Nullable String issuedTokenType) {

  static OAuthTokenView of(
      AccessToken token, long remainingSeconds, @Nullable String issuedTokenType) {
    return new OAuthTokenView(
        token.value(),
        "Bearer",
        atLeastOne(remainingSeconds),
        token.scope(),
        token.id().value(),
        issuedTokenType);
  }

  /** Returns the field that changes with time, as it is in the JSON. */
  static String json(long remainingSeconds) {
    return "\"expires_in\":" + atLeastOne(remainingSeconds);
  }

  private static long atLeastOne(long seconds) {
    return Math.max(1, seconds);
  }

  @Override
  public String toString() {
    return "OAuthTokenView[tokenId=" + tokenId + "]";
  }
}
