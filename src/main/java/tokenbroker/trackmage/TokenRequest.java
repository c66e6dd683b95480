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
import tokenbroker.clients.Upstream.RequestStyle;

/** A token request, in each of the styles TrackMage may take. */
final class TokenRequest {

  private TokenRequest() {}

  static HttpRequest of(
      Client client, ClientCredentials credentials, Grant grant, RequestStyle style) {
    var parameters = parameters(credentials, grant);
    var endpoint = URI.create(client.upstream().baseUrl() + grant.path(client.upstream()));
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

  private static Map<String, String> parameters(ClientCredentials credentials, Grant grant) {
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
