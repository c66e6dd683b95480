package tokenbroker.sandbox.trackmage;

import static jakarta.ws.rs.core.MediaType.APPLICATION_JSON;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/** A response of the token endpoint, with the field names of its JSON. */
public sealed interface TokenEndpointResponse {

  /**
   * A successful response (RFC 6749 §5.1), with TrackMage's additional fields.
   *
   * @param expiresIn in seconds
   * @param scope null for tokens of a user
   * @param refreshToken null for tokens of a client's own account
   */
  record Issued(
      @JsonProperty("access_token") String accessToken,
      @JsonProperty("expires_in") long expiresIn,
      @JsonProperty("token_type") String tokenType,
      @JsonProperty("scope") @Nullable String scope,
      @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("refresh_token")
          @Nullable String refreshToken,
      @JsonProperty("user_id") String userId,
      @JsonProperty("user_email") String userEmail)
      implements TokenEndpointResponse {}

  /** An error response (RFC 6749 §5.2). */
  record Rejected(
      @JsonProperty("error") String error,
      @JsonProperty("error_description") @Nullable String description)
      implements TokenEndpointResponse {}

  /** Returns the HTTP response. Every error has status 400, as almost every error of TrackMage. */
  default Response toHttp() {
    var status = this instanceof Rejected ? 400 : 200;
    return Response.status(status).type(APPLICATION_JSON).entity(this).build();
  }
}
