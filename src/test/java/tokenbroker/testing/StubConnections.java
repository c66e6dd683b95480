package tokenbroker.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;

/**
 * The part of a broker that a service with users talks to, for the client {@code demo} and without
 * any of its care: connections are kept in memory, tokens are never renewed. It is for tests of
 * such a service and of TrackMage's side.
 */
public final class StubConnections implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final String trackMage;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, JsonNode> pending = new HashMap<>();
  private final Map<String, JsonNode> connections = new LinkedHashMap<>();

  /**
   * @param trackMage the base URL of the upstream
   */
  public StubConnections(int port, String trackMage) {
    this.trackMage = trackMage;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  /** Forgets all. */
  public synchronized void clear() {
    pending.clear();
    connections.clear();
  }

  @Override
  public void close() {
    server.stop(0);
    http.close();
  }

  private synchronized void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var path = exchange.getRequestURI().getPath().split("/");
      var asked =
          exchange.getRequestMethod()
              + " "
              + String.join("/", List.of(path).subList(1, Math.min(3, path.length)));
      switch (asked) {
        case "GET oauth/callback" -> comeBack(exchange);
        case "POST clients/demo" -> authorize(exchange);
        case "GET clients/demo" -> answer(exchange, 200, page());
        case "DELETE clients/demo" -> forget(exchange, path[4]);
        case "GET tokens/demo" -> token(exchange, path[4]);
        default -> answer(exchange, 404, Map.of("code", "not_found", "detail", "no such page"));
      }
    }
  }

  private void authorize(HttpExchange exchange) throws IOException {
    if (!String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))
        .startsWith("Bearer ")) {
      answer(exchange, 401, Map.of("code", "invalid_token", "detail", "who are you?"));
      return;
    }
    var id = UUID.randomUUID().toString();
    pending.put(id, JSON.readTree(exchange.getRequestBody()));
    var url =
        trackMage
            + "/oauth/v2/auth?client_id=demo&response_type=code&state="
            + id
            + "&redirect_uri="
            + encoded(callback());
    answer(exchange, 201, Map.of("authorization_url", url, "expires_in", 600));
  }

  private void comeBack(HttpExchange exchange) throws IOException {
    var query = query(exchange);
    var asked = pending.remove(query.getOrDefault("state", ""));
    if (asked == null) {
      answer(exchange, 400, Map.of("detail", "unknown state"));
      return;
    }
    var back = asked.path("return_to").textValue();
    var state = "&state=" + encoded(asked.path("state").textValue());
    var error = query.get("error");
    exchange
        .getResponseHeaders()
        .set(
            "Location",
            error == null
                ? back + "?connection=" + connect(query.getOrDefault("code", "")) + state
                : back + "?error=" + encoded(error) + state);
    exchange.sendResponseHeaders(303, -1);
  }

  private String connect(String code) throws IOException {
    var form =
        "grant_type=authorization_code&client_id=demo&client_secret=demo-secret&code="
            + encoded(code)
            + "&redirect_uri="
            + encoded(callback());
    var request =
        HttpRequest.newBuilder(URI.create(trackMage + "/oauth/v2/token"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build();
    try {
      var tokens = JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
      var id =
          UUID.nameUUIDFromBytes(
              tokens.path("user_id").textValue().getBytes(StandardCharsets.UTF_8));
      connections.put(id.toString(), tokens);
      return id.toString();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Map<String, Object> page() {
    var listed =
        connections.entrySet().stream()
            .map(
                entry ->
                    Map.of(
                        "id", entry.getKey(),
                        "user_email", entry.getValue().path("user_email").textValue(),
                        "state", "active",
                        "connected_at", "2026-11-23T12:00:00Z",
                        "expires_at", "2026-11-23T13:00:00Z"))
            .toList();
    return Map.of("connections", listed);
  }

  private void token(HttpExchange exchange, String id) throws IOException {
    var tokens = connections.get(id);
    if (tokens == null) {
      answer(exchange, 404, Map.of("code", "not_found", "detail", "no such connection"));
      return;
    }
    answer(
        exchange,
        200,
        Map.of(
            "access_token",
            tokens.path("access_token").textValue(),
            "expires_in",
            3600,
            "token_id",
            "id-of-the-token"));
  }

  private void forget(HttpExchange exchange, String id) throws IOException {
    if (connections.remove(id) == null) {
      answer(exchange, 404, Map.of("code", "not_found", "detail", "no such connection"));
    } else {
      exchange.sendResponseHeaders(204, -1);
    }
  }

  private String callback() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/oauth/callback";
  }

  private static Map<String, String> query(HttpExchange exchange) {
    var query = new HashMap<String, String>();
    for (var pair : exchange.getRequestURI().getRawQuery().split("&", -1)) {
      var parts = pair.split("=", 2);
      query.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  private static void answer(HttpExchange exchange, int status, Map<String, ?> body)
      throws IOException {
    var bytes = text(body).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static String text(Map<String, ?> body) {
    try {
      return JSON.writeValueAsString(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
