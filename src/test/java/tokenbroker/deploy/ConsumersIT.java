package tokenbroker.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Certificate;
import tokenbroker.testing.ScriptedUpstream;

/** Proves that the example services use the broker correctly, over TLS as in production. */
class ConsumersIT {

  private static final CallerTokens ISSUER = new CallerTokens("k1");
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Pattern GOOD = Pattern.compile("token (\\S+): TrackMage answers 200");

  /**
   * The scripted client whose responses requests with an access token get. They have no client id.
   */
  private static final String WITH_A_TOKEN = "";

  @TempDir Path directory;

  private ScriptedUpstream upstream;
  private BrokerProcess broker;
  private String caller;

  @BeforeEach
  void start() {
    upstream = ScriptedUpstream.start();
    upstream.answer(WITH_A_TOKEN, Answer.json(200, "[]"));
    var files =
        new BrokerFiles(directory)
            .callerKeys(ISSUER)
            .credentials("acme-eu", "id", "secret")
            .clients(
                """
                upstreams: { test: { base-url: "%s" } }
                clients:
                  acme-eu: { upstream: test, callers: [ { issuer: test, subject: "system:serviceaccount:shop:orders" } ] }
                """
                    .formatted(upstream.url()));
    caller = ISSUER.token("system:serviceaccount:shop:orders");
    files.write("token", caller);
    Certificate.in(directory).writePem(directory);
    broker =
        BrokerProcess.with(files)
            .with("broker.store", "memory")
            .environment("QUARKUS_PROFILE", "tls")
            .with("quarkus.tls.http.key-store.pem.0.cert", directory.resolve("tls.crt"))
            .with("quarkus.tls.http.key-store.pem.0.key", directory.resolve("tls.key"))
            .start();
  }

  @AfterEach
  void end() {
    broker.close();
    upstream.close();
  }

  @Test
  void theScriptUsesTrackMageHasADeadTokenReplacedAndPrintsNone() throws IOException {
    Tool.CURL.assumeThere();
    Files.createDirectory(directory.resolve("tmp"));
    var script = Path.of("k8s/examples/consumer/consume.sh").toAbsolutePath().toString();
    var consumer = started(List.of("sh", script));
    try {
      await().atMost(PATIENCE).until(() -> GOOD.matcher(output()).find());
      upstream.answer(WITH_A_TOKEN, Answer.json(401, "{}"));
      await().atMost(PATIENCE).until(() -> upstream.count("id") == 2);
      upstream.answer(WITH_A_TOKEN, Answer.json(200, "[]"));
      await().atMost(PATIENCE).until(() -> tokensThatWereGood() == 2);
      broker.close();
      await().atMost(PATIENCE).until(() -> output().contains("the broker answers 000"));
    } finally {
      consumer.destroy();
      consumer.onExit().join();
    }
    assertThat(upstream.issuedTokens()).hasSize(2).noneMatch(output()::contains);
    assertThat(output()).doesNotContain(caller);
  }

  @Test
  void theJavaServiceUsesTrackMageAndHasADeadTokenReplaced() {
    var jar = Path.of("k8s/examples/consumer-java/target/quarkus-app/quarkus-run.jar");
    assumeTrue(Files.exists(jar), jar + " is not there: bin/test-deploy builds it");
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var service = List.of(java, "-jar", jar.toAbsolutePath().toString());
    assertThat(started(service).onExit().join().exitValue()).as(output()).isZero();
    assertThat(output()).contains("TrackMage answered 2 characters");

    upstream.answer(WITH_A_TOKEN, refusingTheFirst());
    assertThat(started(service).onExit().join().exitValue()).as(output()).isZero();
    assertThat(upstream.count("id"))
        .as("fetches: the first token and its replacement")
        .isEqualTo(2);
  }

  private Answer refusingTheFirst() {
    var first = upstream.issuedTokens().getFirst();
    return exchange ->
        Answer.json(bearer(exchange.request().headers()).equals(first) ? 401 : 200, "[]")
            .send(exchange);
  }

  private static String bearer(Map<String, String> headers) {
    return headers.getOrDefault("Authorization", "").replace("Bearer ", "");
  }

  private long tokensThatWereGood() {
    return GOOD.matcher(output()).results().map(match -> match.group(1)).distinct().count();
  }

  private String output() {
    return AlertRules.read(directory.resolve("output"));
  }

  private Process started(List<String> command) {
    try {
      var builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder
          .environment()
          .putAll(
              Map.of(
                  "BROKER", "https://127.0.0.1:" + broker.port(),
                  "BROKER_CA_FILE", directory.resolve("tls.crt").toString(),
                  "CLIENT", "acme-eu",
                  "TRACKMAGE", upstream.url().toString(),
                  "CALLER_TOKEN_FILE", directory.resolve("token").toString(),
                  "TMPDIR", directory.resolve("tmp").toString(),
                  "PAUSE", "0.2"));
      return builder.redirectOutput(directory.resolve("output").toFile()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
