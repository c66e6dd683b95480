package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.Certificate;
import tokenbroker.testing.ConnectedSite;

/** TLS on the callers' port, from files that are renewed under way. */
class TlsIT {

  @TempDir Path directory;

  @Test
  void oneSettingSwitchesTlsOnAndARenewedCertificateIsTakenOver() throws IOException {
    var first = Certificate.in(Files.createDirectory(directory.resolve("first")));
    var second = Certificate.in(Files.createDirectory(directory.resolve("second")));
    var tls = directory.resolve("tls");
    first.writePem(tls);
    try (var site = new ConnectedSite(directory);
        var broker =
            site.settings()
                .environment("QUARKUS_PROFILE", "tls")
                .with("quarkus.tls.http.key-store.pem.0.cert", tls.resolve("tls.crt"))
                .with("quarkus.tls.http.key-store.pem.0.key", tls.resolve("tls.key"))
                .with("quarkus.tls.http.reload-period", "1s")
                .start();
        var trustsFirst = first.client();
        var trustsSecond = second.client()) {
      var answer = get(trustsFirst, broker.port(), site.caller);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThatThrownBy(() -> get(trustsSecond, broker.port(), site.caller))
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> broker.get("/tokens/acme", site.caller))
          .hasRootCauseInstanceOf(IOException.class);

      second.writePem(tls);
      await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptions()
          .until(() -> get(second.client(), broker.port(), site.caller).statusCode() == 200);
    }
  }

  private static HttpResponse<String> get(HttpClient client, int port, String jwt)
      throws IOException {
    try {
      return client.send(
          HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/tokens/acme"))
              .header("Authorization", "Bearer " + jwt)
              .build(),
          BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
