package tokenbroker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.testing.FreePorts;
import tokenbroker.testing.SandboxProcess;

/**
 * Proves that the packaged sandbox works as other teams run it. It is not one of the normal tests:
 * the Maven profile {@code sandbox} runs it, and {@code bin/test} runs that profile.
 */
class SandboxPackageCheck {

  @TempDir static Path temporary;

  private static SandboxProcess sandbox;

  @BeforeAll
  static void start() {
    sandbox = SandboxProcess.start(temporary);
  }

  @AfterAll
  static void stop() {
    sandbox.close();
  }

  @Test
  void itSaysHowToGetATokenAndWhereItsPagesAre() throws Exception {
    var command =
        "curl -H \"Authorization: Bearer $(curl -s 'http://localhost:%1$d/sandbox/caller-token?subject=demo')\" http://localhost:%1$d/tokens/demo"
            .formatted(sandbox.port());
    assertThat(sandbox.output())
        .contains(
            command + "\n",
            " http://localhost:%d/\n".formatted(sandbox.port()),
            " http://127.0.0.1:%d/sandbox/demo\n".formatted(sandbox.port()),
            " http://localhost:%d/q/swagger-ui/\n".formatted(sandbox.port()),
            " http://localhost:%d/q/status\n".formatted(sandbox.managementPort()),
            " http://localhost:%d/q/health\n".formatted(sandbox.managementPort()),
            " http://localhost:%d/q/metrics\n".formatted(sandbox.managementPort()));
    assertThat(Shell.run(command)).contains("\"access_token\":\"ey");
  }

  @Test
  void itsFilesAreForTheMachineItRunsOn() {
    var directory = SandboxFiles.ofUser(Integer.toString(sandbox.port())).root().getFileName();
    assertThat(temporary.resolve(directory).resolve("clients.yaml"))
        .content()
        .contains("http://127.0.0.1:" + sandbox.port() + "/sandbox/trackmage");
  }

  @Test
  void theBrokerInsideGivesATokenThatWorks() {
    var caller = sandbox.callerToken("demo");
    var answer =
        sandbox.get("/tokens/demo", "Authorization", "Bearer " + caller, "Accept", "text/plain");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(workspaces(answer.body())).isEqualTo(200);
  }

  @Test
  void itsTrackMageGivesTokensThatWork() throws Exception {
    var answer =
        sandbox.get(
            "/sandbox/trackmage/oauth/v2/token"
                + "?grant_type=client_credentials&client_id=demo&client_secret=demo-secret");
    assertThat(answer.statusCode()).isEqualTo(200);
    var token = new ObjectMapper().readTree(answer.body()).path("access_token").textValue();
    assertThat(workspaces(token)).isEqualTo(200);
  }

  @Test
  void itHasAStartPageAndSwaggerUi() {
    assertThat(sandbox.get("/").body()).contains(sandbox.url("/tokens/demo").toString());
    assertThat(sandbox.get("/q/swagger-ui/").body()).contains("swagger-ui-bundle.js");
    assertThat(sandbox.get("/q/openapi").body()).contains("/sandbox/caller-token?subject=demo");
  }

  @Test
  void onlyThisMachineReachesIt() throws Exception {
    for (var address : addressesOfThisMachine()) {
      assertThat(listens(address, sandbox.port())).as("%s", address).isFalse();
      assertThat(listens(address, sandbox.managementPort())).as("%s", address).isFalse();
    }
    assertThat(listens(InetAddress.getLoopbackAddress(), sandbox.port())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"quarkus.http.port", "quarkus.management.port"})
  void aPortInUseIsToldInOneLineWithTheSettingToChange(String setting) {
    var isManagement = setting.equals("quarkus.management.port");
    var taken = isManagement ? sandbox.managementPort() : sandbox.port();
    var port = isManagement ? FreePorts.free() : taken;
    var managementPort = isManagement ? taken : FreePorts.free();
    try (var second = SandboxProcess.launch(temporary, port, managementPort)) {
      assertThat(second.exitCode()).isNotZero();
      assertThat(second.output())
          .contains(
              "%s is %d, but the broker cannot listen on 127.0.0.1:%d"
                  .formatted(setting, taken, taken),
              "or set another port, such as -D%s=%d".formatted(setting, taken + 10))
          .doesNotContain("Exception", "has started", "is ready");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          { issuer: sandbox, subject: orders }                       | subject=orders
          { issuer: sandbox, subject: "system:serviceaccount:shop:*" } | subject=system:serviceaccount:shop:demo
          { issuer: sandbox, group: "a b" }                          | group=a+b
          """)
  void theCommandForOwnClientsWorks(String caller, String query) throws Exception {
    var files = ownClients("acme-eu", caller);
    var secrets = Files.createDirectories(files.resolve("secrets/acme-eu"));
    Files.writeString(secrets.resolve("client-id"), "acme");
    Files.writeString(secrets.resolve("client-secret"), "acme-secret");
    try (var own = startWith(files)) {
      var command =
          "curl -H \"Authorization: Bearer $(curl -s 'http://localhost:%1$d/sandbox/caller-token?%2$s')\" http://localhost:%1$d/tokens/acme-eu"
              .formatted(own.port(), query);
      assertThat(own.output()).contains(command + "\n");
      // The upstream of the clients is the other sandbox, whose port is known before the start.
      assertThat(Shell.run(command)).contains("\"access_token\":\"ey");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          { issuer: sandbox, subject: orders } | the client acme-eu needs its credentials: %s/secrets/acme-eu/client-id and %s/secrets/acme-eu/client-secret
          { issuer: other, subject: orders }   | a client in %s/clients.yaml must admit a caller of the sandbox. Add this to a client: callers: [ { issuer: sandbox, subject: demo } ]
          """)
  void whatOwnClientsLackIsToldInOneLine(String caller, String missing) throws Exception {
    var files = ownClients("acme-eu", caller);
    Files.createDirectories(files.resolve("secrets"));
    try (var own =
        startWith(
            files,
            "broker.issuers.other.issuer=https://other.example",
            "broker.issuers.other.keys=https://127.0.0.1:1/")) {
      assertThat(own.output()).contains(missing.replace("%s", files.toString()) + "\n");
    }
  }

  private static Path ownClients(String client, String caller) throws IOException {
    var files = Files.createTempDirectory(temporary, "own");
    Files.writeString(
        files.resolve("clients.yaml"),
        """
        upstreams: { other: { base-url: "%s" } }
        clients:
          %s: { upstream: other, callers: [ %s ] }
        """
            .formatted(sandbox.url("/sandbox/trackmage"), client, caller));
    return files;
  }

  private static SandboxProcess startWith(Path files, String... more) {
    var settings = new ArrayList<>(List.of(more));
    settings.add("broker.clients.file=" + files.resolve("clients.yaml"));
    settings.add("broker.clients.secrets=" + files.resolve("secrets"));
    return SandboxProcess.start(temporary, settings.toArray(String[]::new));
  }

  private static int workspaces(String token) {
    return sandbox
        .get("/sandbox/trackmage/workspaces", "Authorization", "Bearer " + token)
        .statusCode();
  }

  private static List<InetAddress> addressesOfThisMachine() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
        .toList();
  }

  private static boolean listens(InetAddress address, int port) {
    try (var _ = new Socket(address, port)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
