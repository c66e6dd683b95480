package tokenbroker.sandbox.trackmage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.core.MultivaluedMap;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the parameters of an OAuth request from a query, a form, a JSON body and HTTP Basic. */
final class OAuthParameters {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BASIC = "Basic ";

  private OAuthParameters() {}

  static Map<String, String> of(MultivaluedMap<String, String> pairs) {
    var parameters = new HashMap<String, String>();
    pairs.forEach((name, values) -> parameters.put(name, values.getFirst()));
    return parameters;
  }

  /** Returns the parameters in a JSON body, or none if the body is not an object of strings. */
  static Map<String, String> ofJson(String body) {
    try {
      var parameters = JSON.readValue(body, new TypeReference<Map<String, String>>() {});
      return parameters == null ? Map.of() : parameters;
    } catch (JsonProcessingException e) {
      return Map.of();
    }
  }

  /**
   * Adds the client credentials of HTTP Basic (RFC 6749 §2.3.1), which replace those in the
   * parameters.
   *
   * @param authorization the request header; null if absent
   */
  static Map<String, String> with(@Nullable String authorization, Map<String, String> parameters) {
    if (authorization == null || !authorization.startsWith(BASIC)) {
      return parameters;
    }
    var credentials = decode(authorization.substring(BASIC.length())).split(":", 2);
    if (credentials.length < 2) {
      return parameters;
    }
    var all = new HashMap<>(parameters);
    all.put("client_id", credentials[0]);
    all.put("client_secret", credentials[1]);
    return all;
  }

  private static String decode(String base64) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
