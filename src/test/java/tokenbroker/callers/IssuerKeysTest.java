package tokenbroker.callers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.callers.Verification.Refused;
import tokenbroker.callers.Verification.Unavailable;
import tokenbroker.callers.Verification.Verified;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.SettableClock;
import tokenbroker.testing.TestConfig;

/** Keys of an issuer, read over real HTTP and HTTPS. */
@SuppressWarnings("NullAway.Init")
class IssuerKeysTest {

  @TempDir Path directory;

  private final SettableClock clock = new SettableClock(Clock.systemUTC().instant());
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final CallerTokens first = new CallerTokens("k1");
  private final CallerTokens second = new CallerTokens("k2");
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private volatile int status = 200;
  private volatile String body = first.jwks();
  private Issuers issuers;
  private VerifiedCallers callers;

  @BeforeEach
  void start() throws IOException {
    serve(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    read(Map.of("keys", "http://127.0.0.1:" + server.getAddress().getPort() + "/jwks"));
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  @Test
  void keysAreReadAtTheStartAndEveryFiveMinutes() {
    assertThat(callers.verify(first.token("orders"))).isInstanceOf(Verified.class);
    issuers.readKeysIfDue();
    assertThat(reads()).isEqualTo(1);
    clock.advance(Duration.ofMinutes(5));
    issuers.readKeysIfDue();
    assertThat(reads()).isEqualTo(2);
  }

  @Test
  void aNewKeyIsLetInWithoutARefusedCallAndTheOldOneGoesWithWhatItVerified() {
    var old = first.token("orders");
    callers.verify(old);
    assertThat(callers.remembered(old)).isNotNull();
    body = second.jwks();

    assertThat(callers.verify(second.token("orders"))).isInstanceOf(Verified.class);
    assertThat(callers.remembered(old)).isNull();
    assertThat(callers.verify(old)).isInstanceOf(Refused.class);
  }

  @Test
  void unknownKeysCostOneReadInHalfAMinute() {
    for (var i = 0; i < 5; i++) {
      assertThat(callers.verify(second.token("orders")))
          .isEqualTo(new Refused(Refusal.UNKNOWN_KEY));
    }
    assertThat(reads()).isEqualTo(2);
    assertThat(count("throttled")).isEqualTo(4);
    body = second.jwks();
    clock.advance(Duration.ofSeconds(30));
    assertThat(callers.verify(second.token("orders"))).isInstanceOf(Verified.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage",
        "{}",
        "{\"keys\":[]}",
        "[]",
        "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\",\"kid\":\"k1\"}]}"
      })
  void whatHoldsNoKeysLeavesThoseInHandInForce(String garbage) {
    body = garbage;
    clock.advance(Duration.ofMinutes(5));
    issuers.readKeysIfDue();

    assertThat(count("failed")).isEqualTo(1);
    assertThat(callers.verify(first.token("orders"))).isInstanceOf(Verified.class);
  }

  @Test
  void anUnreachableIssuerLeavesTheKeysInHandInForce() {
    status = 500;
    clock.advance(Duration.ofMinutes(5));
    issuers.readKeysIfDue();
    server.stop(0);
    clock.advance(Duration.ofMinutes(5));
    issuers.readKeysIfDue();

    assertThat(count("failed")).isEqualTo(2);
    assertThat(callers.verify(first.token("orders"))).isInstanceOf(Verified.class);
    assertThat(issuers.withoutKeys()).isEmpty();
  }

  @Test
  void withoutKeysNobodyIsVerifiedAndTheyAreTriedSoonAgain() {
    status = 503;
    read(Map.of("keys", "http://127.0.0.1:" + server.getAddress().getPort() + "/jwks"));
    assertThat(callers.verify(first.token("orders"))).isEqualTo(new Unavailable());
    assertThat(issuers.withoutKeys()).containsExactly("test");

    status = 200;
    clock.advance(Duration.ofSeconds(2));
    issuers.readKeysIfDue();
    assertThat(callers.verify(first.token("orders"))).isInstanceOf(Verified.class);
  }

  @Test
  void theTokenFileIsSentAndReadAnewEachTime() throws IOException {
    var token = Files.writeString(directory.resolve("token"), "one\n");
    read(
        Map.of(
            "keys",
            "http://127.0.0.1:" + server.getAddress().getPort() + "/jwks",
            "keys-token-file",
            token.toString()));
    Files.writeString(token, "two\n");
    clock.advance(Duration.ofMinutes(5));
    issuers.readKeysIfDue();

    assertThat(authorizations).containsExactly("none", "Bearer one", "Bearer two");
  }

  @Test
  void theCaFileIsTrustedForTheKeysAndNothingElseIs() throws Exception {
    var tls = tls();
    var https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    https.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.stop(0);
    serve(https);
    var url = "https://localhost:" + https.getAddress().getPort() + "/jwks";

    read(Map.of("keys", url));
    assertThat(issuers.withoutKeys()).containsExactly("test");
    read(Map.of("keys", url, "keys-ca-file", directory.resolve("ca.pem").toString()));
    assertThat(callers.verify(first.token("orders"))).isInstanceOf(Verified.class);
  }

  @Test
  void keysInAFileMayBePem() throws IOException {
    var pem = directory.resolve("key.pem");
    Files.writeString(pem, first.pem());
    read(Map.of("keys", "file:" + pem));
    assertThat(callers.verify(first.token("orders"))).isInstanceOf(Verified.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HS256", "none", "RS256,none", "RSA-OAEP", "rs256"})
  void weakAlgorithmsAreFaults(String algorithms) {
    configure(Map.of("keys", "/some/file", "algorithms", algorithms));
    assertThat(issuers.faults())
        .singleElement()
        .asString()
        .contains("broker.issuers.test.algorithms");
  }

  @Test
  void plainHttpThatIsNotLoopbackIsAFault() {
    configure(Map.of("keys", "http://keys.example/jwks"));
    assertThat(issuers.faults()).singleElement().asString().contains("use https://");
  }

  private void read(Map<String, String> settings) {
    configure(settings);
    assertThat(issuers.faults()).isEmpty();
    issuers.readKeysIfDue();
  }

  private void configure(Map<String, String> settings) {
    var all = new HashMap<String, String>();
    all.put("broker.issuers.test.issuer", CallerTokens.ISSUER);
    settings.forEach((key, value) -> all.put("broker.issuers.test." + key, value));
    var metrics = new CallerMetrics(registry);
    issuers = new Issuers(TestConfig.with(all), metrics, clock);
    callers = new VerifiedCallers(issuers, metrics, clock, 100);
  }

  private void serve(HttpServer next) {
    server = next;
    server.createContext(
        "/jwks",
        exchange -> {
          var authorization = exchange.getRequestHeaders().getFirst("Authorization");
          authorizations.add(authorization == null ? "none" : authorization);
          var bytes = body.getBytes(UTF_8);
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  private int reads() {
    return authorizations.size();
  }

  private int count(String result) {
    return (int)
        registry.counter("token_broker.keys.refresh", "issuer", "test", "result", result).count();
  }

  /** A server certificate of its own for localhost, which is in {@code ca.pem} too. */
  private SSLContext tls() throws Exception {
    var store = directory.resolve("tls.p12");
    keytool(
        "-genkeypair",
        "-keystore",
        store.toString(),
        "-keyalg",
        "EC",
        "-dname",
        "CN=localhost",
        "-ext",
        "san=dns:localhost");
    keytool(
        "-exportcert",
        "-rfc",
        "-keystore",
        store.toString(),
        "-file",
        directory.resolve("ca.pem").toString());
    var keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, "changeit".toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  private static void keytool(String... arguments) throws Exception {
    var command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("-alias", "server", "-storepass", "changeit"));
    assertThat(new ProcessBuilder(command).redirectErrorStream(true).start().waitFor()).isZero();
  }
}
