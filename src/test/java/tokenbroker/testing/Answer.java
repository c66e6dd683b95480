package tokenbroker.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** A response of {@link ScriptedUpstream} to a request, correct or not. */
@FunctionalInterface
public interface Answer {

  void send(ScriptedUpstream.Exchange exchange) throws IOException, InterruptedException;

  /** A new token each time, which expires after an hour. */
  static Answer token() {
    return token(Map.of());
  }

  /** A new token each time. */
  static Answer token(Duration lifetime) {
    return token(Map.of("expires_in", lifetime.toSeconds()));
  }

  /**
   * A token response like TrackMage's. The token is new each time, unless the fields set {@code
   * access_token}.
   *
   * @param fields fields to add to the usual ones, or to replace them
   */
  static Answer token(Map<String, ?> fields) {
    return exchange -> {
      var all = new TreeMap<String, Object>();
      all.put("access_token", "tm." + UUID.randomUUID());
      all.put("expires_in", 3600);
      all.put("token_type", "bearer");
      all.put("scope", "user");
      all.putAll(fields);
      exchange.issued(all.get("access_token").toString());
      exchange.respond(200, Map.of(), new ObjectMapper().writeValueAsString(all));
    };
  }

  /** A token response with all fields and as long as TrackMage's documented sample. */
  static Answer longToken(Duration lifetime) {
    return exchange ->
        token(
                Map.of(
                    "access_token",
                    "tm." + UUID.randomUUID() + "x".repeat(801),
                    "expires_in",
                    lifetime.toSeconds(),
                    "user_id",
                    UUID.randomUUID(),
                    "user_email",
                    "shop@example.org"))
            .send(exchange);
  }

  /** An OAuth error like TrackMage's, with status 400. */
  static Answer error(String code) {
    return json(400, "{\"error\":\"%s\",\"error_description\":null}".formatted(code));
  }

  /** A token if the request has this client secret, and {@code invalid_client} otherwise. */
  static Answer tokenIfSecret(String secret) {
    return exchange ->
        (secret.equals(exchange.request().parameters().get("client_secret"))
                ? token()
                : error("invalid_client"))
            .send(exchange);
  }

  static Answer json(int status, String body) {
    return exchange -> exchange.respond(status, Map.of(), body);
  }

  /** An HTML page. */
  static Answer html(int status) {
    return html(status, Map.of());
  }

  static Answer html(int status, Map<String, String> headers) {
    return exchange -> {
      var all = new TreeMap<>(Map.of("Content-Type", "text/html"));
      all.putAll(headers);
      exchange.respond(status, all, "<html><body>Something happened</body></html>");
    };
  }

  /** These bytes and nothing else; then the connection is closed. */
  static Answer raw(String bytes) {
    return exchange -> exchange.write(bytes);
  }

  /** No response: the connection is closed. */
  static Answer closed() {
    return exchange -> {};
  }

  /** A response whose body ends before its {@code Content-Length}. */
  static Answer truncated(int status) {
    return exchange ->
        exchange.respond(status, Map.of("Content-Length", "500"), "{\"access_token\":\"tm.cut");
  }

  /** A large body with a correct {@code Content-Length}. */
  static Answer megabytes(int megabytes) {
    return json(200, "{\"access_token\":\"" + "x".repeat(megabytes << 20) + "\"}");
  }

  /** A chunked body that is sent fast and ends only when the client closes the connection. */
  static Answer flood() {
    return exchange -> {
      exchange.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      while (true) {
        exchange.write("400\r\n" + " ".repeat(1024) + "\r\n");
      }
    };
  }

  /** A chunked body that is sent slowly and ends only when the client closes the connection. */
  static Answer trickle() {
    return exchange -> {
      exchange.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      while (true) {
        exchange.write("1\r\n \r\n");
        Thread.sleep(10);
      }
    };
  }

  /** Returns this answer, sent after a delay. */
  default Answer after(Duration delay) {
    return exchange -> {
      Thread.sleep(delay);
      send(exchange);
    };
  }
}
