package tokenbroker.callers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;
import tokenbroker.files.UnusableText;

/** Reads a JWK set (RFC 7517 §5). */
final class Jwks {

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(20).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Jwks() {}

  /**
   * Returns the keys that the issuer's algorithms can use. Keys of another type, for another use,
   * or with a missing or impossible value are skipped (RFC 7517 §5).
   *
   * @throws UnusableText if the text is not a JWK set
   */
  static List<IssuerKey> read(String text, IssuerSettings issuer) throws UnusableText {
    var list = parsed(text).path("keys");
    if (!list.isArray()) {
      throw new KeysUnreadable("the text is not a JWKS: it has no list \"keys\"");
    }
    var keys = new ArrayList<IssuerKey>();
    for (var jwk : list) {
      if (!jwk.isObject()) {
        throw new KeysUnreadable("the text is not a JWKS: an element of \"keys\" is not an object");
      }
      key(jwk, issuer).ifPresent(keys::add);
    }
    return keys;
  }

  private static JsonNode parsed(String text) throws UnusableText {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      // The cause is left out, because its message quotes the text.
      throw new KeysUnreadable(
          text.startsWith("<")
              ? "the text is an HTML or XML page, not a JWKS"
              : "the text is neither JSON nor PEM");
    }
  }

  private static Optional<IssuerKey> key(JsonNode jwk, IssuerSettings issuer) {
    var type = jwk.path("kty").asText();
    if (!isForSignatures(jwk) || !(type.equals("RSA") || type.equals("EC"))) {
      return Optional.empty();
    }
    try {
      var key = PublicJsonWebKey.Factory.newPublicJwk(publicPart(jwk)).getPublicKey();
      return IssuerKey.of(jwk.path("kid").textValue(), key, algorithms(jwk, issuer));
    } catch (JoseException | RuntimeException e) {
      // The parser throws various exceptions on impossible values. The other keys of the set may be
      // valid.
      return Optional.empty();
    }
  }

  /**
   * Returns whether the key is for signatures. Either member may be absent; a present one must
   * allow it (RFC 7517 §4.2 and §4.3).
   */
  private static boolean isForSignatures(JsonNode jwk) {
    var use = jwk.path("use");
    var operations = jwk.path("key_ops");
    return (use.isMissingNode() || "sig".equals(use.textValue()))
        && (operations.isMissingNode()
            || operations
                .valueStream()
                .anyMatch(operation -> "verify".equals(operation.textValue())));
  }

  /**
   * Returns the issuer with the algorithms that the key supports: only its {@code alg}, if it has
   * one.
   */
  private static IssuerSettings algorithms(JsonNode jwk, IssuerSettings issuer) {
    var algorithm = jwk.path("alg");
    return algorithm.isMissingNode() ? issuer : issuer.withOnly(algorithm.textValue());
  }

  /**
   * Returns the strings that form an RSA or EC public key, so that the parser interprets nothing
   * else.
   */
  private static Map<String, Object> publicPart(JsonNode jwk) {
    var members = new HashMap<String, Object>();
    for (var name : List.of("kty", "n", "e", "crv", "x", "y")) {
      if (jwk.path(name).isTextual()) {
        members.put(name, jwk.path(name).textValue());
      }
    }
    return members;
  }
}
