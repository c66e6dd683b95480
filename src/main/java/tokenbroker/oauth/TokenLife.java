package tokenbroker.oauth;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import tokenbroker.tokens.Lifespan;

/** The lifetime of a token, which starts when it was requested. It always ends. */
final class TokenLife {

  /** The lifetime of a token if neither the response nor its claims state one. */
  static final Duration UNKNOWN = Duration.ofMinutes(5);

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,15}(\\.[0-9]{1,15})?");

  /** 9999-12-31: a larger claim is not a time. */
  private static final double LAST_SECOND = 253_402_300_799d;

  private TokenLife() {}

  /**
   * Returns the lifetime by {@code expires_in}, else by the token's own claims, else {@link
   * #UNKNOWN}.
   *
   * @param expiresIn seconds as a number or a numeric string; any other value is ignored
   */
  static Duration of(JsonNode expiresIn, String token) {
    var seconds = positiveSeconds(expiresIn);
    if (seconds.isEmpty()) {
      seconds = byClaims(token);
    }
    return seconds.isPresent()
        ? Duration.ofSeconds(Math.min(seconds.getAsLong(), Lifespan.LONGEST.toSeconds()))
        : UNKNOWN;
  }

  private static OptionalLong positiveSeconds(JsonNode value) {
    return wholeSeconds(
        value.isTextual() && NUMBER.matcher(value.textValue()).matches()
            ? Double.parseDouble(value.textValue())
            : value.isNumber() ? value.doubleValue() : 0);
  }

  private static OptionalLong wholeSeconds(double seconds) {
    return seconds >= 1 && seconds <= LAST_SECOND
        ? OptionalLong.of((long) seconds)
        : OptionalLong.empty();
  }

  /**
   * Returns {@code exp} − {@code iat} of a JWT (RFC 7519 §4.1). The JWT is not verified, so this is
   * only a hint.
   */
  private static OptionalLong byClaims(String token) {
    return claims(token)
        .map(
            claims -> {
              var issued = positiveSeconds(claims.path("iat"));
              var expires = positiveSeconds(claims.path("exp"));
              return issued.isPresent() && expires.isPresent()
                  ? wholeSeconds((double) expires.getAsLong() - issued.getAsLong())
                  : OptionalLong.empty();
            })
        .orElse(OptionalLong.empty());
  }

  private static Optional<JsonNode> claims(String token) {
    var parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      return StrictJson.object(Base64.getUrlDecoder().decode(parts[1]));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
