package tokenbroker.callers;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Where the text with an issuer's keys is read from, within a time limit and a size limit. Blocks.
 */
final class KeySource {

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
  private static final Duration TIME_LIMIT = Duration.ofSeconds(5);
  private static final int LARGEST = 256 * 1024;

  /**
   * An API server of Kubernetes publishes the first of these alone, and answers 406 to all else.
   */
  private static final String ACCEPT = "application/jwk-set+json, application/json";

  private final IssuerSettings issuer;

  KeySource(IssuerSettings issuer) {
    this.issuer = issuer;
  }

  String read() throws IOException {
    return switch (issuer.keys()) {
      case KeysLocation.Url(var url) -> fetch(url);
      case KeysLocation.File(var path) -> TextFile.read(path);
      case KeysLocation.Faulty(var fault) -> throw new IllegalStateException(fault);
    };
  }

  /** The token file and the CA file are read anew each time: Kubernetes rotates both. */
  private String fetch(URI url) throws IOException {
    var request = HttpRequest.newBuilder(url).header("Accept", ACCEPT);
    if (issuer.tokenFile() != null) {
      request.header("Authorization", "Bearer " + TokenFile.read(issuer.tokenFile()));
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var http = client().executor(threads).build()) {
      var body = BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), LARGEST);
      var answer = http.sendAsync(request.build(), body);
      try {
        var response = answer.get(TIME_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        checkStatus(response.statusCode());
        return response.body();
      } finally {
        answer.cancel(true);
        http.shutdownNow();
      }
    } catch (ExecutionException e) {
      throw new KeysUnreadable(reason(e.getCause()), e);
    } catch (TimeoutException e) {
      throw new KeysUnreadable("no answer in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KeysUnreadable("the broker ends", e);
    }
  }

  /** Says what the server did, and never what it wrote. */
  private static void checkStatus(int status) throws KeysUnreadable {
    if (status / 100 == 3) {
      throw new KeysUnreadable(
          "status " + status + ", a redirect, which is not followed: set keys to its target");
    }
    if (status != 200) {
      throw new KeysUnreadable("status " + status);
    }
  }

  private static String reason(@Nullable Throwable cause) {
    return switch (cause) {
      case SSLException _ -> "no TLS: the certificate is not trusted or names another host";
      case HttpTimeoutException _ -> "no answer in time";
      case ConnectException _ -> "no connection";
      case null, default -> "the answer is cut off, too large or not HTTP";
    };
  }

  private HttpClient.Builder client() throws IOException {
    var client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_LIMIT);
    return issuer.caFile() == null
        ? client
        : client.sslContext(TrustedAuthorities.in(issuer.caFile()));
  }
}
