package tokenbroker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The four forms in which an OAuth client sends its credential (contract §8). */
public enum OAuthForm {
  BASIC,
  POST,
  ASSERTION,
  EXCHANGE;

  public static final String MEDIA_TYPE = "application/x-www-form-urlencoded";

  /** The name of the form in metrics and audit lines. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the value of {@code Authorization}; null if the credential is in the body. */
  public @Nullable String authorization(String client, String jwt) {
    return this == BASIC ? basic(encoded(client) + ":" + encoded(jwt)) : null;
  }

  /** Returns the body of a request for the token of a client. */
  public String body(String client, String jwt) {
    return switch (this) {
      case BASIC -> "grant_type=client_credentials";
      case POST ->
          "grant_type=client_credentials&client_id="
              + encoded(client)
              + "&client_secret="
              + encoded(jwt);
      case ASSERTION ->
          "grant_type=client_credentials&client_id="
              + encoded(client)
              + "&client_assertion_type="
              + encoded("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
              + "&client_assertion="
              + encoded(jwt);
      case EXCHANGE ->
          "grant_type="
              + encoded("urn:ietf:params:oauth:grant-type:token-exchange")
              + "&audience="
              + encoded(client)
              + "&subject_token_type="
              + encoded("urn:ietf:params:oauth:token-type:jwt")
              + "&subject_token="
              + encoded(jwt);
    };
  }

  /** Makes a builder a request for the token of a client. */
  public HttpRequest.Builder of(HttpRequest.Builder request, String client, String jwt) {
    var authorization = authorization(client, jwt);
    if (authorization != null) {
      request.setHeader("Authorization", authorization);
    }
    return request
        .setHeader("Content-Type", MEDIA_TYPE)
        .POST(BodyPublishers.ofString(body(client, jwt)));
  }

  /** Returns HTTP Basic of a user and a password, with a colon between them. */
  public static String basic(String userAndPassword) {
    return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(UTF_8));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }
}
