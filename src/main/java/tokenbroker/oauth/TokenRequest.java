package tokenbroker.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import java.net.URI;
import java.net.URLEncoder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientCredentials;
import tokenbroker.clients.Upstream.RequestStyle;
import tokenbroker.outbound.OutboundRequest;

/** A token request (RFC 6749 §3.2) in each style that an upstream may accept. */
final class TokenRequest {

  private TokenRequest() {}

  static OutboundRequest of(
      String endpoint, ClientCredentials credentials, TokenGrant grant, RequestStyle style) {
    var parameters = parameters(credentials, grant);
    return switch (style) {
      case QUERY -> request("GET", endpoint + "?" + encoded(parameters), null, null, grant);
      case FORM ->
          request(
              "POST", endpoint, "application/x-www-form-urlencoded", encoded(parameters), grant);
      case JSON -> request("POST", endpoint, "application/json", json(parameters), grant);
    };
  }

  private static OutboundRequest request(
      String method, String url, @Nullable String type, @Nullable String body, TokenGrant grant) {
    var headers = new HashMap<String, String>();
    headers.put("Accept", "application/json");
    headers.put("User-Agent", "trackmage-token-broker");
    if (type != null) {
      headers.put("Content-Type", type);
    }
    return new OutboundRequest(method, URI.create(url), headers, body, grant.repeatable());
  }

  private static Map<String, String> parameters(ClientCredentials credentials, TokenGrant grant) {
    var parameters = new LinkedHashMap<>(grant.parameters());
    parameters.put("client_id", credentials.clientId());
    parameters.put("client_secret", credentials.secret().reveal());
    return parameters;
  }

  private static String encoded(Map<String, String> parameters) {
    return parameters.entrySet().stream()
        .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), UTF_8))
        .collect(joining("&"));
  }

  private static String json(Map<String, String> parameters) {
    var object = StrictJson.newObject();
    parameters.forEach(object::put);
    return object.toString();
  }
}
