package tokenbroker.callers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Base64;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a JWT says of itself before anybody has verified it: enough to choose the key that must have
 * signed it, and nothing else.
 */
record UnverifiedJwt(JsonNode header, JsonNode claims) {

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

  /** Seconds since the epoch; RFC 7519 allows fractions. Zero where there is none. */
  long expiresAt() {
    return (long) claims.path("exp").asDouble(0);
  }

  /** The claim {@code groups}: a list of strings, or one string. */
  Set<String> groups() {
    var groups = new HashSet<String>();
    var claim = claims.path("groups");
    if (claim.isTextual()) {
      groups.add(claim.textValue());
    }
    for (var group : claim) {
      if (group.isTextual()) {
        groups.add(group.textValue());
      }
    }
    return groups;
  }
}
