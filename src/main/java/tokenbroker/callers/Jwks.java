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
   * Returns the keys that the issuer's algorithms can use. A key of another type, one for another
   * use and one with a missing or impossible value are passed over, as RFC 7517 §5 asks.
   *
   * @throws KeysUnreadable if the text is not a JWK set
   */
  static List<IssuerKey> read(String text, IssuerSettings issuer) throws KeysUnreadable {
    var list = parsed(text).path("keys");
    if (!list.isArray()) {
      throw new KeysUnreadable("the text is no JWKS: it has no list \"keys\"");
    }
    var keys = new ArrayList<IssuerKey>();
    for (var jwk : list) {
      if (!jwk.isObject()) {
        throw new KeysUnreadable("the text is no JWKS: an element of \"keys\" is no object");
      }
      key(jwk, issuer).ifPresent(keys::add);
    }
    return keys;
  }

  private static JsonNode parsed(String text) throws KeysUnreadable {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      // Without the cause: its message quotes the text.
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
      // The parser throws anything at values that no key has. The other keys of the set may be
      // good.
      return Optional.empty();
    }
  }

  /** RFC 7517 §4.2 and §4.3: either member may be absent; one that is there must allow it. */
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
   * The issuer with the algorithms that the key may be used with: its {@code alg}, if it has one.
   */
  private static IssuerSettings algorithms(JsonNode jwk, IssuerSettings issuer) {
    var algorithm = jwk.path("alg");
    return algorithm.isMissingNode() ? issuer : issuer.withOnly(algorithm.textValue());
  }

  /** The strings that make an RSA or EC public key, so that nothing else is ever interpreted. */
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
