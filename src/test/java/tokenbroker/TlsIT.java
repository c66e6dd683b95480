package tokenbroker;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Certificate;
import tokenbroker.testing.ConnectedSite;
import tokenbroker.testing.OAuthForm;

/** Proves that the port for callers serves TLS and reloads renewed certificate files. */
class TlsIT {

  @RegisterExtension private final ConnectedSite site = new ConnectedSite();

  @Test
  void oneSettingSwitchesTlsOnAndARenewedCertificateIsTakenOver() throws IOException {
    var first = Certificate.in(Files.createDirectory(site.directory().resolve("first")));
    var second = Certificate.in(Files.createDirectory(site.directory().resolve("second")));
    var tls = site.directory().resolve("tls");
    first.writePem(tls);
    try (var broker = withTls(tls).start();
        var trustsFirst = first.client();
        var trustsSecond = second.client()) {
      var answer = get(trustsFirst, broker.port(), site.caller());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThatThrownBy(() -> get(trustsSecond, broker.port(), site.caller()))
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> broker.get("/tokens/acme", site.caller()))
          .hasRootCauseInstanceOf(IOException.class);

      second.writePem(tls);
      await()
          .ignoreExceptions()
          .until(() -> get(second.client(), broker.port(), site.caller()).statusCode() == 200);
    }
  }

  @Test
  void anOAuthClientGetsATokenOverHttp2AndCannotSendALargeBody() throws Exception {
    var certificate = Certificate.in(Files.createDirectory(site.directory().resolve("first")));
    var tls = site.directory().resolve("tls");
    certificate.writePem(tls);
    try (var broker = withTls(tls).start();
        var client = certificate.client()) {
      for (var filler : List.of(0, 14_000, 17_000, 0)) {
        var form = OAuthForm.POST.body("acme", site.caller()) + "&x=" + "y".repeat(filler);
        var request =
            HttpRequest.newBuilder(
                    URI.create("https://127.0.0.1:" + broker.port() + "/oauth2/token"))
                .header("Content-Type", OAuthForm.MEDIA_TYPE)
                .POST(BodyPublishers.ofString(form))
                .build();
        if (filler > 16_384) {
          assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
              .isInstanceOf(IOException.class)
              .hasMessageContaining("RST_STREAM");
        } else {
          var response = client.send(request, BodyHandlers.ofString());
          assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
          assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
        }
      }
    }
  }

  /** Over HTTP/2, the name is in {@code :authority}, and possibly in {@code Host} as well. */
  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void theHostOfBrowsersHasNoTokens(HttpVersion version) throws IOException {
    var tls = site.directory().resolve("tls");
    Certificate.in(Files.createDirectory(site.directory().resolve("first"))).writePem(tls);
    var vertx = Vertx.vertx();
    try (var broker =
        withTls(tls).with("broker.connections.public-url", "https://connect.example.com").start()) {
      var client = client(vertx, version);
      for (var i = 0; i < 2; i++) { // A miss and a hit.
        assertThat(status(client, broker, "x", null)).isEqualTo(200);
      }
      for (var host : List.of("connect.example.com", "CONNECT.example.com.")) {
        assertThat(status(client, broker, host, null)).isEqualTo(404);
        if (version == HttpVersion.HTTP_2) {
          assertThat(status(client, broker, host, host)).isEqualTo(404);
          assertThatThrownBy(() -> status(client, broker, host, "x"))
              .hasRootCauseInstanceOf(StreamResetException.class);
          assertThatThrownBy(() -> status(client, broker, "x", host))
              .hasRootCauseInstanceOf(StreamResetException.class);
        }
      }
    } finally {
      join(vertx.close());
    }
  }

  private static io.vertx.core.http.HttpClient client(Vertx vertx, HttpVersion version) {
    return vertx.createHttpClient(
        new HttpClientOptions()
            .setSsl(true)
            .setUseAlpn(true)
            .setProtocolVersion(version)
            .setTrustAll(true)
            .setVerifyHost(false));
  }

  /** Returns the status of a request for a token, to a server of any name. */
  private int status(
      io.vertx.core.http.HttpClient client,
      BrokerProcess broker,
      String authority,
      @Nullable String host) {
    var options =
        new RequestOptions()
            .setServer(SocketAddress.inetSocketAddress(broker.port(), "127.0.0.1"))
            .setHost(authority)
            .setPort(443)
            .setURI("/tokens/acme")
            .putHeader("Authorization", "Bearer " + site.caller());
    return join(
        client
            .request(host == null ? options : options.putHeader("Host", host))
            .compose(HttpClientRequest::send)
            .map(HttpClientResponse::statusCode));
  }

  private static <T> T join(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void aKeyOfAnotherCertificateIsNotTakenOver() throws IOException {
    var first = Certificate.in(Files.createDirectory(site.directory().resolve("first")));
    var second = Certificate.in(Files.createDirectory(site.directory().resolve("second")));
    var tls = site.directory().resolve("tls");
    first.writePem(tls);
    try (var broker = withTls(tls).start()) {
      assertThat(broker.metric("token_broker_certificate_rejected")).isZero();

      for (var other : List.of("tls.key", "tls.crt")) {
        first.writePem(tls);
        await().until(() -> broker.metric("token_broker_certificate_rejected") == 0);
        second.writePem(site.directory().resolve("other"));
        Files.copy(
            site.directory().resolve("other").resolve(other), tls.resolve(other), REPLACE_EXISTING);
        await().until(() -> broker.metric("token_broker_certificate_rejected") == 1);
        broker.awaitOutput("the private key does not belong");
        assertStaysInUse(first, broker);
      }
      Files.writeString(tls.resolve("tls.key"), "no key");
      broker.awaitOutput("the files are missing, or do not");
      assertThat(get(first.client(), broker.port(), site.caller()).statusCode()).isEqualTo(200);

      second.writePem(tls);
      await()
          .ignoreExceptions()
          .until(() -> get(second.client(), broker.port(), site.caller()).statusCode() == 200);
      await().until(() -> broker.metric("token_broker_certificate_rejected") == 0);
    }
  }

  @Test
  void theStartIsRefusedWithAKeyOfAnotherCertificate() throws IOException {
    var first = Certificate.in(Files.createDirectory(site.directory().resolve("first")));
    var second = Certificate.in(Files.createDirectory(site.directory().resolve("second")));
    var tls = site.directory().resolve("tls");
    first.writePem(tls);
    second.writePem(site.directory().resolve("other"));
    Files.copy(site.directory().resolve("other/tls.key"), tls.resolve("tls.key"), REPLACE_EXISTING);
    try (var broker = withTls(tls).with("broker.nonsense", "1").launch()) {
      assertThat(broker.exitCode()).isNotZero();
      assertThat(broker.output())
          .contains(
              "quarkus.tls.http.key-store: the private key does not belong to the certificate of CN=test",
              "broker.nonsense is not a setting")
          .doesNotContain("\tat ");
    }
  }

  private BrokerProcess.Settings withTls(Path tls) {
    return site.settings()
        .environment("QUARKUS_PROFILE", "tls")
        .with("broker.clients.reload-every", "100ms")
        .with("quarkus.tls.http.key-store.pem.0.cert", tls.resolve("tls.crt"))
        .with("quarkus.tls.http.key-store.pem.0.key", tls.resolve("tls.key"))
        .with("quarkus.tls.http.reload-period", "1s");
  }

  /** Waits until the server has tried twice to load the pair in the files. */
  private void assertStaysInUse(Certificate certificate, BrokerProcess broker) throws IOException {
    var refused = "token_broker_certificate_reload_total{result=\"rejected\"";
    var before = broker.metric(refused);
    await().until(() -> broker.metric(refused) > before + 1);
    try (var newConnection = certificate.client()) {
      assertThat(get(newConnection, broker.port(), site.caller()).statusCode()).isEqualTo(200);
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
