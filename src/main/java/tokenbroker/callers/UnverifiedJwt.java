package tokenbroker.callers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The claims and headers of a JWT before its verification. Use them only to select the key that
 * must have signed it.
 */
record UnverifiedJwt(JsonNode header, JsonNode claims) {

  /**
   * The last second of the year 9999, in seconds since the epoch. A later time is not accepted as a
   * date.
   */
  private static final double LATEST = 253_402_300_799.0;

  private static final int LONGEST_ID = 128;

  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(20).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * Returns the parsed JWT. Empty if the text is not a signed JWT in compact form, or if a claim is
   * repeated.
   */
  static Optional<UnverifiedJwt> parse(String jwt) {
    var parts = jwt.split("\\.", 4);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      var header = object(decoded(parts[0]));
      var claims = object(decoded(parts[1]));
      if (decoded(parts[2]).length == 0) {
        return Optional.empty();
      }
      return header == null || claims == null
          ? Optional.empty()
          : Optional.of(new UnverifiedJwt(header, claims));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Decodes a part (RFC 7515 §2). It rejects every other encoding of the same bytes: padding, line
   * breaks, stray bits in the last character. Otherwise one signature would allow many different
   * JWTs.
   *
   * @throws IllegalArgumentException if the part is not the canonical encoding of its bytes
   */
  private static byte[] decoded(String part) {
    var bytes = Base64.getUrlDecoder().decode(part);
    if (!ENCODER.encodeToString(bytes).equals(part)) {
      throw new IllegalArgumentException("not canonical base64url");
    }
    return bytes;
  }

  private static @Nullable JsonNode object(byte[] text) throws IOException {
    var json = JSON.readTree(text);
    return json != null && json.isObject() ? json : null;
  }

  /**
   * Returns the first header that changes the verification in a way that the broker does not
   * support; null if there is none. The broker supports no extensions. So {@code crit} (RFC 7515
   * §4.1.11) is always such a header. {@code b64} (RFC 7797) is one unless it is {@code true},
   * which changes nothing.
   */
  @Nullable String unsupportedHeader() {
    if (header.has("crit")) {
      return "crit";
    }
    var encoded = header.path("b64");
    return encoded.isMissingNode() || (encoded.isBoolean() && encoded.booleanValue())
        ? null
        : "b64";
  }

  /** Returns whether the JWT is valid only together with a proof of a key (RFC 7800). */
  boolean isSenderConstrained() {
    return claims.has("cnf");
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
   * Returns the {@code jti} claim, cut to a bounded length; null if it is missing or no string. It
   * decides nothing. It leads from an audit line to the issuer's record of the JWT.
   */
  @Nullable String id() {
    var id = claims.path("jti").textValue();
    return id == null || id.length() <= LONGEST_ID ? id : id.substring(0, LONGEST_ID);
  }

  /**
   * Returns the expiry in seconds since the epoch, without the fraction that RFC 7519 allows. Check
   * {@link #oddClaim} first.
   */
  long expiresAt() {
    return (long) claims.path("exp").asDouble();
  }

  /**
   * Returns the {@code groups} claim: a list of strings, or one string. Check {@link #oddClaim}
   * first.
   */
  Set<String> groups() {
    return texts(claims.path("groups"));
  }

  /**
   * Returns why a verifier would refuse the JWT for its times or its audience; empty if it would
   * not. Check {@link #oddClaim} first.
   */
  Optional<Refusal> refusal(String audience, Instant now) {
    var skew = IssuerKey.CLOCK_SKEW_SECONDS;
    if (!texts(claims.path("aud")).contains(audience)) {
      return Optional.of(Refusal.AUDIENCE);
    }
    if (now.minusSeconds(skew).getEpochSecond() >= expiresAt()) {
      return Optional.of(Refusal.EXPIRED);
    }
    return now.plusSeconds(skew).getEpochSecond() < claims.path("nbf").asDouble()
        ? Optional.of(Refusal.NOT_YET_VALID)
        : Optional.empty();
  }

  private static Set<String> texts(JsonNode claim) {
    return claim.isTextual()
        ? Set.of(claim.textValue())
        : claim.valueStream().map(JsonNode::textValue).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Returns the first claim that is missing or has a forbidden type or range; null if there is
   * none. A missing audience does not count, because the verifier has its own reason for that.
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
