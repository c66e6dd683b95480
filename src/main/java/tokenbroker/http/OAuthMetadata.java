package tokenbroker.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Issuers;
import tokenbroker.config.BrokerConfig;

/**
 * The description of the standard token endpoint (RFC 8414 §3, contract §8). It exists only if
 * {@code broker.oauth.issuer} is set, and contains nothing of a request, not even its {@code Host}.
 */
@ApplicationScoped
class OAuthMetadata {

  static final String PATH = "/.well-known/oauth-authorization-server";

  private final @Nullable Buffer body;

  OAuthMetadata(BrokerConfig config, Issuers issuers, ObjectMapper json) {
    this.body = config.oauth().issuer().map(issuer -> body(issuer, issuers, json)).orElse(null);
  }

  private static Buffer body(URI issuer, Issuers issuers, ObjectMapper json) {
    var base = issuer.toString().replaceFirst("/$", "");
    var metadata = new LinkedHashMap<String, Object>();
    metadata.put("issuer", issuer.toString());
    metadata.put("token_endpoint", base + OAuthTokenEndpoint.PATH);
    metadata.put(
        "grant_types_supported",
        List.of(OAuthTokenRequest.CLIENT_CREDENTIALS, OAuthTokenRequest.TOKEN_EXCHANGE));
    metadata.put(
        "token_endpoint_auth_methods_supported",
        List.of("client_secret_basic", "client_secret_post", "private_key_jwt"));
    metadata.put("token_endpoint_auth_signing_alg_values_supported", issuers.algorithms());
    return written(metadata, json);
  }

  private static Buffer written(Map<String, Object> metadata, ObjectMapper json) {
    try {
      return Buffer.buffer(json.writeValueAsBytes(metadata));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("metadata that is no JSON", e);
    }
  }

  /** Answers with the metadata, or passes the request on if there is none. */
  void handle(RoutingContext routing) {
    if (body == null) {
      routing.next();
    } else {
      routing.response().putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(body);
    }
  }
}
