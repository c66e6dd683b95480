package tokenbroker.sandbox;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/** The answer of the token endpoint, in its wire format. */
sealed interface TokenAnswer {

  record Granted(
      @JsonProperty("access_token") String accessToken,
      @JsonProperty("expires_in") long expiresIn,
      @JsonProperty("token_type") String tokenType,
      @JsonProperty("scope") @Nullable String scope,
      @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("refresh_token")
          @Nullable String refreshToken,
      @JsonProperty("user_id") String userId,
      @JsonProperty("user_email") String userEmail)
      implements TokenAnswer {}

  record Refused(
      @JsonProperty("error") String error,
      @JsonProperty("error_description") @Nullable String description)
      implements TokenAnswer {}
}
