package tokenbroker.trackmage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientCredentials;
import tokenbroker.clients.Upstream.RequestStyle;

/**
 * Token requests of the client-credentials grant (RFC 6749 §4.4.2), in each style that TrackMage
 * takes.
 */
final class TokenRequests {

  private static final String TOKEN_PATH = "/oauth/v2/token";
  private static final JsonMapper JSON = new JsonMapper();

  private TokenRequests() {}

  static HttpRequest clientCredentials(
      Client client, ClientCredentials credentials, RequestStyle style) {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("grant_type", "client_credentials");
    parameters.put("client_id", credentials.clientId());
    parameters.put("client_secret", credentials.secret().reveal());
    if (client.scope() != null) {
      parameters.put("scope", client.scope());
    }
    return request(client.upstream().baseUrl() + TOKEN_PATH, parameters, style);
  }

  private static HttpRequest request(
      String url, Map<String, String> parameters, RequestStyle style) {
    var request =
        switch (style) {
          case QUERY -> HttpRequest.newBuilder(URI.create(url + "?" + encoded(parameters))).GET();
          case FORM ->
              HttpRequest.newBuilder(URI.create(url))
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(BodyPublishers.ofString(encoded(parameters)));
          case JSON ->
              HttpRequest.newBuilder(URI.create(url))
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString(JSON.valueToTree(parameters).toString()));
        };
    return request
        .header("Accept", "application/json")
        .header("User-Agent", "trackmage-token-broker")
        .build();
  }

  private static String encoded(Map<String, String> parameters) {
    return parameters.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), UTF_8))
        .collect(Collectors.joining("&"));
  }
}
