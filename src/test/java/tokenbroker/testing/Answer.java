package tokenbroker.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** What {@link ScriptedUpstream} says to a request, well-behaved or not. */
@FunctionalInterface
public interface Answer {

  void send(ScriptedUpstream.Exchange exchange) throws IOException, InterruptedException;

  /** A new token each time, good for an hour. */
  static Answer token() {
    return token(Map.of());
  }

  /** A new token each time. */
  static Answer token(Duration lifetime) {
    return token(Map.of("expires_in", lifetime.toSeconds()));
  }

  /**
   * A token as TrackMage gives it, new each time unless {@code access_token} is among the fields.
   *
   * @param fields added to the usual ones, or instead of them
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

  /** An OAuth error as TrackMage gives it: with status 400. */
  static Answer error(String code) {
    return json(400, "{\"error\":\"%s\",\"error_description\":null}".formatted(code));
  }

  /** A token for those who know the secret, {@code invalid_client} for the others. */
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

  /** A page for people. */
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

  /** Bytes as they are, then the connection is closed. */
  static Answer raw(String bytes) {
    return exchange -> exchange.write(bytes);
  }

  /** No answer: the connection is closed. */
  static Answer closed() {
    return exchange -> {};
  }

  /** A token whose body breaks off. */
  static Answer truncated(int status) {
    return exchange ->
        exchange.respond(status, Map.of("Content-Length", "500"), "{\"access_token\":\"tm.cut");
  }

  /** A body that says how large it is, and is. */
  static Answer megabytes(int megabytes) {
    return json(200, "{\"access_token\":\"" + "x".repeat(megabytes << 20) + "\"}");
  }

  /** A body that does not say how large it is and goes on, fast, until the other side hangs up. */
  static Answer flood() {
    return exchange -> {
      exchange.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      while (true) {
        exchange.write("400\r\n" + " ".repeat(1024) + "\r\n");
      }
    };
  }

  /** A body that goes on, drop by drop, until the other side hangs up. */
  static Answer trickle() {
    return exchange -> {
      exchange.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      while (true) {
        exchange.write("1\r\n \r\n");
        Thread.sleep(10);
      }
    };
  }

  default Answer after(Duration delay) {
    return exchange -> {
      Thread.sleep(delay);
      send(exchange);
    };
  }
}
