package tokenbroker.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.jspecify.annotations.Nullable;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.TokenResult.Warning;

/**
 * A token as its callers receive it: the fields of RFC 6749 §5.1 and the broker's own.
 *
 * @param expiresIn the remaining seconds, rounded down
 * @param refreshAt when this caller should request the token again
 * @param replaced present only in the answer to an invalidation
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
record TokenView(
    @JsonProperty("access_token") String accessToken,
    @JsonProperty("token_type") String tokenType,
    @JsonProperty("expires_in") long expiresIn,
    @JsonProperty("expires_at") String expiresAt,
    @JsonProperty("refresh_at") String refreshAt,
    @Nullable String scope,
    @JsonProperty("token_id") String tokenId,
    @JsonProperty("user_id") @Nullable String userId,
    @JsonProperty("user_email") @Nullable String userEmail,
    @Nullable String warning,
    @Nullable Boolean replaced) {

  static TokenView of(
      AccessToken token, Validity validity, @Nullable Warning warning, @Nullable Boolean replaced) {
    return new TokenView(
        token.value(),
        "bearer",
        validity.expiresIn(),
        validity.expiresAt(),
        validity.refreshAt(),
        token.scope(),
        token.id().value(),
        token.userId(),
        token.userEmail(),
        warning == null ? null : text(warning),
        replaced);
  }

  private static String text(Warning warning) {
    return switch (warning) {
      case SHORT_OF_MIN_TTL ->
          "The token expires sooner than min_ttl requires, and a fresh token would not last longer.";
      case IN_SAFETY_WINDOW ->
          "The token is about to expire, because TrackMage returns it again instead of issuing a new one.";
    };
  }

  @Override
  public String toString() {
    return "TokenView[tokenId=" + tokenId + "]";
  }
}
