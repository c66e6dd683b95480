package tokenbroker.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.ApiServer;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Certificate;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.ScriptedUpstream;
import tokenbroker.testing.TcpProxy;

/**
 * Proves that the broker works with the environment and the clients file of the production overlay,
 * as kustomize renders them. Only paths and addresses are this machine's. The API server serves its
 * keys over TLS, with its own certificate authority, and checks the bearer token and the media
 * type. Redis and the broker use TLS as well.
 */
class ProductionSettingsIT {

  /** A password with characters that are special in expressions, URLs and shells. */
  private static final String REDIS_PASSWORD = "of${redis}$$\\$-%40+/@:#?&ü";

  private static final CallerTokens CLUSTER = new CallerTokens("k1");
  private static final Path PRODUCTION = Path.of("k8s", "overlays", "production");

  @TempDir Path directory;

  private Certificate certificate;
  private ApiServer keys;
  private TcpProxy apiServer;
  private RealRedis redis;
  private TcpProxy redisWithTls;
  private ScriptedUpstream upstream;

  @BeforeEach
  void start() throws IOException {
    Tool.KUBECTL.assumeThere();
    certificate = Certificate.in(directory);
    certificate.writePem(directory.resolve("tls"));
    keys = ApiServer.publishing(CLUSTER.jwks()).requiring("of-the-pod");
    apiServer = new TcpProxy(keys.port(), certificate.servers());
    redis = new RealRedis("--requirepass", REDIS_PASSWORD);
    redisWithTls = new TcpProxy(redis.port(), certificate.servers());
    upstream = ScriptedUpstream.start();
  }

  @AfterEach
  void end() {
    if (upstream != null) {
      upstream.close();
      redisWithTls.close();
      redis.close();
      apiServer.close();
      keys.close();
    }
  }

  @Test
  void serviceAccountsGetTheTokensThatTheOverlayLetsThemHave() throws IOException {
    try (var broker = settings().start();
        var callers = certificate.client()) {
      var orders = CLUSTER.token("system:serviceaccount:shop:orders");
      var shipping = CLUSTER.token("system:serviceaccount:shipping:labels");
      assertThat(status(callers, broker, "acme-eu", orders)).isEqualTo(200);
      assertThat(status(callers, broker, "acme-us", orders)).isEqualTo(200);
      assertThat(status(callers, broker, "acme-eu", shipping)).isEqualTo(200);
      assertThat(status(callers, broker, "acme-us", shipping)).isEqualTo(403);
      assertThatThrownBy(() -> broker.get("/tokens/acme-eu", orders))
          .as("without TLS")
          .hasRootCauseInstanceOf(IOException.class);
      assertThat(broker.metric("token_broker_store_up")).isOne();
      assertThat(upstream.count()).isEqualTo(2);
    }
  }

  private static int status(HttpClient callers, BrokerProcess broker, String client, String jwt)
      throws IOException {
    var url = URI.create("https://127.0.0.1:" + broker.port() + "/tokens/" + client);
    try {
      return callers
          .send(
              HttpRequest.newBuilder(url).header("Authorization", "Bearer " + jwt).build(),
              BodyHandlers.discarding())
          .statusCode();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private BrokerProcess.Settings settings() throws IOException {
    layOutFiles();
    var environment = new HashMap<String, String>();
    data("token-broker-settings").forEach((key, value) -> environment.put(key, here(value)));
    environment.put("BROKER_ISSUERS__CLUSTER__ISSUER", CallerTokens.ISSUER);
    environment.put("QUARKUS_REDIS_HOSTS", "rediss://127.0.0.1:" + redisWithTls.port());
    environment.put("QUARKUS_REDIS_CLIENT_TYPE", "standalone");
    var settings = new BrokerProcess.Settings();
    environment.forEach(settings::environment);
    return settings
        .with("quarkus.tls.http.key-store.pem.0.cert", directory.resolve("tls/tls.crt"))
        .with("quarkus.tls.http.key-store.pem.0.key", directory.resolve("tls/tls.key"))
        .with("quarkus.shutdown.delay", "0s");
  }

  /** Creates the files that the volumes of the overlay's Deployment contain. */
  private void layOutFiles() throws IOException {
    new BrokerFiles(directory)
        .credentials("acme-eu", "id-eu", "secret-eu")
        .credentials("acme-us", "id-us", "secret-us")
        .write(
            "config/clients.yaml",
            "upstreams: { production: { base-url: \"%s\" } }\n".formatted(upstream.url())
                + data("token-broker-clients").get("clients.yaml"))
        .write("cluster-issuer/token", "of-the-pod\n")
        .write("redis/password", REDIS_PASSWORD + "\n");
    var authority = Files.readString(directory.resolve("tls/tls.crt"));
    for (var file : new String[] {"cluster-issuer/ca.crt", "redis/ca.crt"}) {
      Files.createDirectories(directory.resolve(file).getParent());
      Files.writeString(directory.resolve(file), authority);
    }
  }

  private String here(String value) {
    return value
        .replace("/etc/token-broker", directory.toString())
        .replace("/var/run/secrets", directory.toString())
        .replace("https://kubernetes.default.svc/", "https://127.0.0.1:" + apiServer.port() + "/");
  }

  private static Map<String, String> data(String configMap) {
    var data = new HashMap<String, String>();
    Manifest.rendered(PRODUCTION).stream()
        .filter(manifest -> manifest.kind().equals("ConfigMap"))
        .filter(manifest -> manifest.name().startsWith(configMap))
        .forEach(
            manifest ->
                manifest.mapping("data").forEach((key, value) -> data.put(key, value.toString())));
    return data;
  }
}
