package tokenbroker.oauth;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tokenbroker.seal.KeyedHash;
import tokenbroker.time.Now;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.FailureCause.InvalidResponse;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.FetchResult.FromUpstream;
import tokenbroker.tokens.Lifespan;
import tokenbroker.tokens.Provenance;
import tokenbroker.tokens.RefreshToken;
import tokenbroker.tokens.TokenId;

/**
 * A reader of successful token responses (RFC 6749 §5.1). A response is invalid without a usable
 * {@code access_token}, or if its {@code token_type} is not bearer. Other unusable fields are
 * ignored.
 */
final class IssuedToken {

  /** An access token that fits into a header: printable ASCII without spaces. */
  private static final Pattern TOKEN = Pattern.compile("[!-~]{1,16384}");

  private static final Pattern REFRESH_TOKEN = Pattern.compile("[!-~]{1,4096}");

  /** The syntax of a scope (RFC 6749 §3.3). */
  private static final Pattern SCOPE = Pattern.compile("[!#-\\[\\]-~]+(?: [!#-\\[\\]-~]+)*+");

  private static final int LONGEST_SCOPE = 1024;

  /**
   * A user's id or email, without control or format characters. An email address has at most 320
   * characters.
   */
  private static final Pattern USER_FIELD = Pattern.compile("\\P{C}{1,320}");

  private final KeyedHash hash;
  private final UserFields userFields;

  IssuedToken(KeyedHash hash, UserFields userFields) {
    this.hash = hash;
    this.userFields = userFields;
  }

  /**
   * Returns the token, or what is wrong with the response.
   *
   * @param requested when the request was sent
   * @param provenance the origin of the token
   */
  FromUpstream from(JsonNode fields, Now requested, Provenance provenance) {
    var token = fields.path("access_token");
    if (token.isMissingNode() || token.isNull() || "".equals(token.textValue())) {
      return new Failed(InvalidResponse.NO_ACCESS_TOKEN);
    }
    if (!token.isTextual() || !TOKEN.matcher(token.textValue()).matches()) {
      return new Failed(InvalidResponse.UNUSABLE_ACCESS_TOKEN);
    }
    if (!isBearer(fields.path("token_type"))) {
      return new Failed(InvalidResponse.NOT_BEARER);
    }
    var value = token.textValue();
    return new Fetched(
        new AccessToken(
            value,
            scope(fields.path("scope")),
            userField(fields.path(userFields.id())),
            userField(fields.path(userFields.email())),
            TokenId.of(value, hash),
            Lifespan.from(requested, TokenLife.of(fields.path("expires_in"), value)),
            provenance),
        refreshToken(fields.path("refresh_token")));
  }

  private static @Nullable RefreshToken refreshToken(JsonNode token) {
    return token.isTextual() && REFRESH_TOKEN.matcher(token.textValue()).matches()
        ? new RefreshToken(token.textValue())
        : null;
  }

  private static boolean isBearer(JsonNode type) {
    return type.isMissingNode()
        || type.isNull()
        || (type.isTextual() && type.textValue().equalsIgnoreCase("bearer"));
  }

  private static @Nullable String scope(JsonNode scope) {
    return scope.isTextual()
            && scope.textValue().length() <= LONGEST_SCOPE
            && SCOPE.matcher(scope.textValue()).matches()
        ? scope.textValue()
        : null;
  }

  private static @Nullable String userField(JsonNode field) {
    return field.isTextual() && USER_FIELD.matcher(field.textValue()).matches()
        ? field.textValue()
        : null;
  }
}
