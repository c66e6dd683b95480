package tokenbroker.callers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a JWT says of itself before anybody has verified it: enough to choose the key that must have
 * signed it, and nothing else.
 */
record UnverifiedJwt(JsonNode header, JsonNode claims) {

  /** The last second that a date of four digits can name; whatever is later is no date. */
  private static final double LATEST = 253_402_300_799.0;

  private static final int LONGEST_ID = 128;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(20).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Empty for whatever is not a signed JWT in compact form, claims named twice included. */
  static Optional<UnverifiedJwt> parse(String jwt) {
    var parts = jwt.split("\\.", 4);
    if (parts.length != 3 || parts[2].isEmpty()) {
      return Optional.empty();
    }
    try {
      var header = object(parts[0]);
      var claims = object(parts[1]);
      return header == null || claims == null
          ? Optional.empty()
          : Optional.of(new UnverifiedJwt(header, claims));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static @Nullable JsonNode object(String base64) throws IOException {
    var json = JSON.readTree(Base64.getUrlDecoder().decode(base64));
    return json != null && json.isObject() ? json : null;
  }

  @Nullable String issuer() {
    return claims.path("iss").textValue();
  }

  @Nullable String algorithm() {
    return header.path("alg").textValue();
  }

  @Nullable String keyId() {
    return header.path("kid").textValue();
  }

  @Nullable String subject() {
    return claims.path("sub").textValue();
  }

  /**
   * The claim {@code jti}, cut to a bounded length; null if it is missing or no string. Nothing is
   * decided by it: it leads from an audit line to the issuer's record of the JWT.
   */
  @Nullable String id() {
    var id = claims.path("jti").textValue();
    return id == null || id.length() <= LONGEST_ID ? id : id.substring(0, LONGEST_ID);
  }

  /** Seconds since the epoch; RFC 7519 allows fractions. Call {@link #oddClaim} before. */
  long expiresAt() {
    return (long) claims.path("exp").asDouble();
  }

  /** The claim {@code groups}: a list of strings, or one string. Call {@link #oddClaim} before. */
  Set<String> groups() {
    var claim = claims.path("groups");
    return claim.isTextual()
        ? Set.of(claim.textValue())
        : claim.valueStream().map(JsonNode::textValue).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Returns the first claim that is missing or has a type or a range that it may not have; null if
   * there is none. An audience that is missing is none of them: the verifier has its own reason for
   * that.
   */
  @Nullable String oddClaim() {
    if (!isTime(claims.path("exp"))) {
      return "exp";
    }
    for (var optional : List.of("iat", "nbf")) {
      if (claims.has(optional) && !isTime(claims.path(optional))) {
        return optional;
      }
    }
    for (var optional : List.of("aud", "groups")) {
      if (claims.has(optional) && !isTextOrTexts(claims.path(optional))) {
        return optional;
      }
    }
    var subject = subject();
    return subject == null || subject.isBlank() ? "sub" : null;
  }

  private static boolean isTime(JsonNode claim) {
    return claim.isNumber() && claim.asDouble() >= 0 && claim.asDouble() <= LATEST;
  }

  private static boolean isTextOrTexts(JsonNode claim) {
    return claim.isTextual()
        || (claim.isArray() && claim.valueStream().allMatch(JsonNode::isTextual));
  }
}
