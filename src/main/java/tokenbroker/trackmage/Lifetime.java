package tokenbroker.trackmage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;

/**
 * How long a token lives: what {@code expires_in} says, else what the token itself says as a JWT,
 * else not long.
 */
final class Lifetime {

  private static final Duration UNKNOWN = Duration.ofMinutes(5);
  private static final Duration LONGEST = Duration.ofDays(30);
  private static final JsonMapper JSON = new JsonMapper();

  private Lifetime() {}

  static Duration of(JsonNode expiresIn, String token) {
    var seconds = seconds(expiresIn);
    if (seconds <= 0) {
      seconds = secondsOfJwt(token);
    }
    return seconds <= 0 ? UNKNOWN : Duration.ofSeconds(Math.min(seconds, LONGEST.toSeconds()));
  }

  /** Zero where it is no number above zero. Numbers in quotes are seen in the wild. */
  private static long seconds(JsonNode expiresIn) {
    if (expiresIn.isNumber()) {
      return (long) expiresIn.doubleValue();
    }
    var text = expiresIn.asText("");
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
  }

  /** A hint only, so nothing is verified. */
  private static long secondsOfJwt(String token) {
    var parts = token.split("\\.", 4);
    if (parts.length != 3) {
      return 0;
    }
    try {
      var claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
      var exp = claims.path("exp");
      var iat = claims.path("iat");
      return exp.isNumber() && iat.isNumber() ? (long) (exp.doubleValue() - iat.doubleValue()) : 0;
    } catch (IOException | IllegalArgumentException e) {
      return 0;
    }
  }
}
