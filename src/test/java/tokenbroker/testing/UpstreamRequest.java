package tokenbroker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A request that an upstream has received.
 *
 * @param query not decoded; empty if there is none
 * @param parameters from the query, the form or the JSON object, decoded
 * @param headers by name, case-insensitive
 */
public record UpstreamRequest(
    String method,
    String path,
    String query,
    String body,
    Map<String, String> parameters,
    Map<String, String> headers,
    Instant at) {

  public String clientId() {
    return parameters.getOrDefault("client_id", "");
  }

  static UpstreamRequest read(InputStream in) throws IOException {
    var start = line(in).split(" ", 3);
    if (start.length < 3) {
      throw new EOFException("no request");
    }
    var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    for (var line = line(in); !line.isEmpty(); line = line(in)) {
      var colon = line.indexOf(':');
      headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
    }
    var length = Integer.parseInt(headers.getOrDefault("Content-Length", "0"));
    var body = new String(in.readNBytes(length), UTF_8);
    var target = start[1].split("\\?", 2);
    var query = target.length > 1 ? target[1] : "";
    var parameters = new HashMap<>(decoded(query));
    parameters.putAll(body.startsWith("{") ? members(body) : decoded(body));
    return new UpstreamRequest(
        start[0], target[0], query, body, parameters, headers, Instant.now());
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (var next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("cut off");
      }
      line.write(next);
    }
    return line.toString(UTF_8).strip();
  }

  private static Map<String, String> decoded(String form) {
    var parameters = new HashMap<String, String>();
    for (var pair : form.split("&", -1)) {
      var parts = pair.split("=", 2);
      if (parts.length == 2) {
        parameters.put(URLDecoder.decode(parts[0], UTF_8), URLDecoder.decode(parts[1], UTF_8));
      }
    }
    return parameters;
  }

  private static Map<String, String> members(String json) throws IOException {
    var parameters = new HashMap<String, String>();
    new ObjectMapper()
        .readTree(json)
        .properties()
        .forEach(each -> parameters.put(each.getKey(), each.getValue().asText()));
    return parameters;
  }
}
