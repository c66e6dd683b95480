package tokenbroker.trackmage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.LinkedHashMap;
import java.util.Map;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientCredentials;
import tokenbroker.clients.Upstream;
import tokenbroker.clients.Upstream.RequestStyle;

/** The client-credentials request (RFC 6749 §4.4.2), in each of the styles TrackMage may take. */
final class TokenRequest {

  private static final String PATH = "/oauth/v2/token";

  private TokenRequest() {}

  static HttpRequest of(Client client, ClientCredentials credentials, RequestStyle style) {
    var parameters = parameters(client, credentials);
    var endpoint = endpoint(client.upstream());
    var request =
        HttpRequest.newBuilder(endpoint)
            .header("Accept", "application/json")
            .header("User-Agent", "trackmage-token-broker");
    return switch (style) {
      case QUERY -> request.uri(URI.create(endpoint + "?" + encoded(parameters))).GET().build();
      case FORM ->
          request
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(BodyPublishers.ofString(encoded(parameters)))
              .build();
      case JSON ->
          request
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(json(parameters)))
              .build();
    };
  }

  private static URI endpoint(Upstream upstream) {
    return URI.create(upstream.baseUrl() + PATH);
  }

  private static Map<String, String> parameters(Client client, ClientCredentials credentials) {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("grant_type", "client_credentials");
    parameters.put("client_id", credentials.clientId());
    parameters.put("client_secret", credentials.secret().reveal());
    if (client.scope() != null) {
      parameters.put("scope", client.scope());
    }
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
