package tokenbroker.sandbox;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.FreePorts;

/**
 * Proves that the packaged sandbox works as other teams run it. It is not one of the normal tests:
 * the Maven profile {@code sandbox} runs it, and {@code bin/test} runs that profile.
 */
class SandboxPackageCheck {

  @TempDir static Path temporary;

  private static final Path JAR = Path.of(requireNonNull(System.getProperty("sandbox.jar")));
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static int port;
  private static Process sandbox;
  private static String hello;

  @BeforeAll
  static void start() throws IOException {
    port = FreePorts.free();
    var console = JAR.resolveSibling("console.log");
    sandbox =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary,
                "-Dquarkus.http.port=" + port,
                "-Dquarkus.management.port=0",
                "-Dquarkus.shutdown.delay-enabled=false",
                "-jar",
                JAR.toString())
            .redirectErrorStream(true)
            .redirectOutput(console.toFile())
            .start();
    hello =
        Awaitility.await()
            .atMost(Duration.ofMinutes(1))
            .failFast("it ended, see " + console, () -> !sandbox.isAlive())
            .until(() -> lineOf(console, "curl "), Objects::nonNull);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    sandbox.destroy();
    if (!sandbox.waitFor(30, TimeUnit.SECONDS)) {
      sandbox.destroyForcibly();
    }
  }

  @Test
  void itSaysHowToGetAToken() {
    assertThat(hello)
        .isEqualTo(
            "curl -H \"Authorization: Bearer $(curl -s 'http://localhost:%1$d/sandbox/caller-token?subject=demo')\" http://localhost:%1$d/tokens/demo",
            port);
  }

  @Test
  void itsFilesAreForTheMachineItRunsOn() {
    var directory = SandboxFiles.ofUser(Integer.toString(port)).root().getFileName();
    assertThat(temporary.resolve(directory).resolve("clients.yaml"))
        .content()
        .contains("http://127.0.0.1:" + port + "/sandbox/trackmage");
  }

  @Test
  void theBrokerInsideGivesATokenThatWorks() throws Exception {
    var caller = get("/sandbox/caller-token?subject=demo").body();
    var answer = get("/tokens/demo", "Authorization", "Bearer " + caller, "Accept", "text/plain");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(
            get("/sandbox/trackmage/workspaces", "Authorization", "Bearer " + answer.body())
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void itsTrackMageGivesTokensThatWork() throws Exception {
    var answer =
        get(
            "/sandbox/trackmage/oauth/v2/token"
                + "?grant_type=client_credentials&client_id=demo&client_secret=demo-secret");
    assertThat(answer.statusCode()).isEqualTo(200);
    var token = new ObjectMapper().readTree(answer.body()).path("access_token").textValue();
    assertThat(
            get("/sandbox/trackmage/workspaces", "Authorization", "Bearer " + token).statusCode())
        .isEqualTo(200);
  }

  @Test
  void itHasAStartPageAndSwaggerUi() throws Exception {
    assertThat(get("/").body()).contains("http://localhost:" + port + "/tokens/demo");
    assertThat(get("/q/swagger-ui/").body()).contains("swagger-ui-bundle.js");
    assertThat(get("/q/openapi").body()).contains("/sandbox/caller-token?subject=demo");
  }

  private static HttpResponse<String> get(String path, String... headers) throws Exception {
    var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  private static @Nullable String lineOf(Path file, String start) throws IOException {
    try (var lines = Files.lines(file)) {
      return lines.filter(line -> line.startsWith(start)).findFirst().orElse(null);
    }
  }
}
