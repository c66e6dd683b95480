package tokenbroker.callers;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Where the text with an issuer's keys is read from, within a time limit and a size limit. Blocks.
 */
final class KeySource {

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
  private static final Duration TIME_LIMIT = Duration.ofSeconds(5);
  private static final int LARGEST = 256 * 1024;

  private final IssuerSettings issuer;

  KeySource(IssuerSettings issuer) {
    this.issuer = issuer;
  }

  String read() throws IOException {
    if (issuer.keysUrl() != null) {
      return fetch(issuer.keysUrl());
    }
    return issuer.keysFile() == null ? "" : text(issuer.keysFile());
  }

  /** The token file and the CA file are read anew each time: Kubernetes rotates both. */
  private String fetch(URI url) throws IOException {
    var request = HttpRequest.newBuilder(url).header("Accept", "application/json");
    if (issuer.tokenFile() != null) {
      request.header("Authorization", "Bearer " + text(issuer.tokenFile()).strip());
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var http = client().executor(threads).build()) {
      var body = BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), LARGEST);
      var answer = http.sendAsync(request.build(), body);
      try {
        var response = answer.get(TIME_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        if (response.statusCode() != 200) {
          throw new IOException("status " + response.statusCode());
        }
        return response.body();
      } finally {
        answer.cancel(true);
        http.shutdownNow();
      }
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("no answer in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private HttpClient.Builder client() throws IOException {
    var client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_LIMIT);
    return issuer.caFile() == null ? client : client.sslContext(trusting(issuer.caFile()));
  }

  private static SSLContext trusting(Path caFile) throws IOException {
    try (var in = Files.newInputStream(caFile)) {
      var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry("ca-" + trusted.size(), certificate);
      }
      var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      var context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(caFile + " holds no usable certificates", e);
    }
  }

  private static String text(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(LARGEST), StandardCharsets.UTF_8);
    }
  }
}
