package tokenbroker.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Certificate;
import tokenbroker.testing.SandboxProcess;

/**
 * Proves that the example services use the broker and TrackMage correctly. The packaged sandbox is
 * TrackMage. The broker is the production package, which serves TLS as in production.
 */
class ConsumersIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Pattern GOOD = Pattern.compile("token (\\S+): TrackMage answers 200");
  private static final String REVOKED = "{\"fault\": \"revoked\"}";
  private static final String JWT = "eyJ";

  @TempDir Path directory;

  private SandboxProcess trackMage;
  private BrokerProcess broker;

  @BeforeEach
  void start() throws IOException {
    assumeTrue(
        Files.exists(SandboxProcess.JAR),
        SandboxProcess.JAR + " does not exist: bin/test-deploy builds it");
    trackMage = SandboxProcess.start(directory);
    var files =
        new BrokerFiles(directory)
            .credentials("acme-eu", "acme", "acme-secret")
            .clients(
                """
                upstreams: { sandbox: { base-url: "%s" } }
                clients:
                  acme-eu: { upstream: sandbox, callers: [ { issuer: test, subject: "system:serviceaccount:shop:orders" } ] }
                """
                    .formatted(trackMage.url("/sandbox/trackmage")));
    files.write("callers.jwks", trackMage.get("/sandbox/callers/jwks.json").body());
    files.write("token", trackMage.callerToken("system:serviceaccount:shop:orders"));
    Certificate.in(directory).writePem(directory);
    broker =
        BrokerProcess.with(files)
            .with("broker.issuers.test.issuer", "https://sandbox.invalid/callers")
            .with("broker.store", "memory")
            .environment("QUARKUS_PROFILE", "tls")
            .with("quarkus.tls.http.key-store.pem.0.cert", directory.resolve("tls.crt"))
            .with("quarkus.tls.http.key-store.pem.0.key", directory.resolve("tls.key"))
            .start();
  }

  @AfterEach
  void end() {
    if (broker != null) {
      broker.close();
      trackMage.close();
    }
  }

  @Test
  void theScriptUsesTrackMageHasADeadTokenReplacedAndPrintsNone() throws IOException {
    Tool.CURL.assumeThere();
    var consumer = started(shellConsumer(), behindTls());
    try {
      await().atMost(PATIENCE).until(() -> tokensThatWereGood() == 1);
      trackMage.fault(REVOKED);
      await().atMost(PATIENCE).until(() -> tokensThatWereGood() == 2);
      broker.close();
      await().atMost(PATIENCE).until(() -> output().contains("the broker answers 000"));
    } finally {
      end(consumer);
    }
    assertThat(tokenRequests()).isEqualTo(2);
    assertThat(output()).contains("TrackMage answers 401").doesNotContain(JWT);
  }

  @Test
  void theJavaServiceUsesTrackMageAndHasADeadTokenReplaced() {
    assertThat(started(javaConsumer(), behindTls()).onExit().join().exitValue())
        .as(output())
        .isZero();
    assertThat(output()).containsPattern("TrackMage answered \\d+ characters");

    trackMage.fault(REVOKED);
    assertThat(started(javaConsumer(), behindTls()).onExit().join().exitValue())
        .as(output())
        .isZero();
    assertThat(output()).containsPattern("TrackMage answered \\d+ characters").doesNotContain(JWT);
    assertThat(tokenRequests()).as("the first token and its replacement").isEqualTo(2);
  }

  /** These are the settings in the README of the Java example. */
  @Test
  void theConsumersNeedNothingButTheSandbox() throws IOException {
    Tool.CURL.assumeThere();
    Files.writeString(directory.resolve("token"), trackMage.callerToken("demo"));
    var sandbox = "http://localhost:" + trackMage.port();
    var settings =
        Map.of(
            "QUARKUS_PROFILE",
            "plain",
            "BROKER",
            sandbox,
            "CLIENT",
            "demo",
            "TRACKMAGE",
            sandbox + "/sandbox/trackmage");
    assertThat(started(javaConsumer(), settings).onExit().join().exitValue()).as(output()).isZero();
    var consumer = started(shellConsumer(), settings);
    try {
      await().atMost(PATIENCE).until(() -> tokensThatWereGood() == 1);
    } finally {
      end(consumer);
    }
  }

  private static List<String> shellConsumer() {
    return List.of("sh", Path.of("k8s/examples/consumer/consume.sh").toAbsolutePath().toString());
  }

  private static List<String> javaConsumer() {
    var jar = Path.of("k8s/examples/consumer-java/target/quarkus-app/quarkus-run.jar");
    assumeTrue(Files.exists(jar), jar + " does not exist: bin/test-deploy builds it");
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return List.of(java, "-jar", jar.toAbsolutePath().toString());
  }

  private Map<String, String> behindTls() {
    return Map.of(
        "BROKER",
        "https://127.0.0.1:" + broker.port(),
        "BROKER_CA_FILE",
        directory.resolve("tls.crt").toString(),
        "CLIENT",
        "acme-eu",
        "TRACKMAGE",
        trackMage.url("/sandbox/trackmage").toString());
  }

  private int tokenRequests() {
    var total =
        Pattern.compile("\"total\":(\\d+)").matcher(trackMage.get("/sandbox/faults").body());
    assertThat(total.find()).isTrue();
    return Integer.parseInt(total.group(1));
  }

  private long tokensThatWereGood() {
    return GOOD.matcher(output()).results().map(match -> match.group(1)).distinct().count();
  }

  private String output() {
    return AlertRules.read(directory.resolve("output"));
  }

  private static void end(Process consumer) {
    consumer.destroy();
    consumer.onExit().join();
  }

  private Process started(List<String> command, Map<String, String> settings) {
    try {
      var environment = new HashMap<>(settings);
      environment.put("CALLER_TOKEN_FILE", directory.resolve("token").toString());
      environment.put("TMPDIR", Files.createDirectories(directory.resolve("tmp")).toString());
      environment.put("PAUSE", "0.2");
      var builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(environment);
      return builder.redirectOutput(directory.resolve("output").toFile()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
