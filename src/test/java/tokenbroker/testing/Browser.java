package tokenbroker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A browser with cookies. It does not follow redirects. */
public final class Browser implements AutoCloseable {

  private final CookieManager cookies = new CookieManager();
  private final HttpClient http = HttpClient.newBuilder().cookieHandler(cookies).build();

  public HttpResponse<String> get(URI address) {
    try {
      return http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the {@code Cookie} header that the browser sends to this address. */
  public String cookies(URI address) {
    try {
      return String.join("; ", cookies.get(address, Map.of()).getOrDefault("Cookie", List.of()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the address to which a response redirects. */
  public static URI location(HttpResponse<?> redirect) {
    return URI.create(redirect.headers().firstValue("Location").orElseThrow());
  }

  /** Returns the query parameters of an address, decoded. */
  public static Map<String, String> query(URI address) {
    var parameters = new HashMap<String, String>();
    for (var pair : address.getRawQuery().split("&", -1)) {
      var parts = pair.split("=", 2);
      parameters.put(parts[0], URLDecoder.decode(parts[1], UTF_8));
    }
    return parameters;
  }

  @Override
  public void close() {
    http.close();
  }
}
