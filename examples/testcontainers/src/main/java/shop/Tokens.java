package shop;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** The TrackMage tokens that this service gets from the token broker. */
public class Tokens {

  /** There is no token now. The service may try again after some time. */
  public static class Unavailable extends IOException {

    public final Duration retryAfter;

    Unavailable(Duration retryAfter) {
      super("The token broker has no token. Try again in " + retryAfter.toSeconds() + " s.");
      this.retryAfter = retryAfter;
    }
  }

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI url;
  private final String jwt;

  /**
   * @param url such as https://token-broker.internal/tokens/acme-eu
   * @param jwt the JWT of this service
   */
  public Tokens(URI url, String jwt) {
    this.url = url;
    this.jwt = jwt;
  }

  /** Returns a live access token. */
  public String current() throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(url)
            .header("Authorization", "Bearer " + jwt)
            .header("Accept", "text/plain")
            .build();
    var response = http.send(request, BodyHandlers.ofString());
    return switch (response.statusCode()) {
      case 200 -> response.body();
      case 429, 503 -> throw new Unavailable(retryAfter(response));
      default -> throw new IOException("The token broker responded with " + response.statusCode());
    };
  }

  private static Duration retryAfter(HttpResponse<?> response) {
    return Duration.ofSeconds(response.headers().firstValueAsLong("Retry-After").orElse(1));
  }
}
