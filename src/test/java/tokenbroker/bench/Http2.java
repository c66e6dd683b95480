package tokenbroker.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Certificate;
import tokenbroker.testing.Clients;

/** Measures hits over HTTP/2 with TLS, compared with nginx with the same certificate and suite. */
final class Http2 {

  private static final int CONNECTIONS = 10;

  /** The broker's limit. That of nginx is 128. */
  private static final int STREAMS = 100;

  private Http2() {}

  static void measure(Table table) {
    try (var site = new BenchSite(1)) {
      var certificate =
          Certificate.in(Files.createDirectory(site.directory.resolve("certificate")));
      var tls = site.directory.resolve("tls");
      certificate.writePem(tls);
      try (var broker =
          site.broker()
              .environment("QUARKUS_PROFILE", "prod,tls")
              .with("quarkus.tls.http.key-store.pem.0.cert", tls.resolve("tls.crt"))
              .with("quarkus.tls.http.key-store.pem.0.key", tls.resolve("tls.key"))
              .start()) {
        var one = Requests.one(site.issuer).asks().getFirst();
        try (var nginx = new Nginx(site.directory, like(certificate, site, broker), tls)) {
          var rates = new Samples();
          Processors.untilCompiled(broker.handle(), () -> rate(broker.port(), one));
          for (var round = 0; round < BenchSite.ROUNDS; round++) {
            rates.add("nginx", rate(nginx.port(), one));
            rates.add("broker", rate(broker.port(), one));
          }
          table.row("hits over HTTP/2 with TLS, nginx, requests/s", rates.median("nginx"));
          table.row("hits over HTTP/2 with TLS, broker, requests/s", rates.median("broker"));
          table.ratio(
              "the same, broker to nginx, %d streams over %d connections"
                  .formatted(STREAMS, CONNECTIONS),
              rates.median("broker"),
              rates.median("nginx"),
              "≥ 0.8");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double rate(int port, Requests.Ask one) {
    return H2load.http2(port, one, CONNECTIONS, STREAMS, BenchSite.SECONDS);
  }

  private static HttpResponse<String> like(
      Certificate certificate, BenchSite site, BrokerProcess broker) throws IOException {
    try (var client = certificate.client()) {
      return client.send(
          HttpRequest.newBuilder(
                  URI.create("https://127.0.0.1:" + broker.port() + "/tokens/client-0"))
              .header("Authorization", "Bearer " + site.issuer.token(Clients.CALLER))
              .build(),
          BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
