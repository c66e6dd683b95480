package tokenbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;
import static tokenbroker.outbound.HttpUnderTest.assertThatItIs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.outbound.Reply.NoTunnel;
import tokenbroker.testing.Certificate;
import tokenbroker.testing.FreePorts;
import tokenbroker.testing.RawServer;

/** Proves that a real egress proxy opens tunnels for the broker. */
class TinyproxyTest {

  private static final Path PROGRAM = Path.of("/usr/bin/tinyproxy");

  @TempDir Path directory;

  @Test
  void aRealProxyOpensATunnelForTheRightCredentialsOnly() throws IOException {
    assumeThat(PROGRAM).as("tinyproxy is missing: install the package tinyproxy").exists();
    var machine = InetAddress.getLocalHost();
    var certificate = Certificate.in(directory, "dns:" + machine.getHostName());
    try (var server =
        RawServer.on(certificate.servers(), machine.getHostAddress(), 0)
            .script(
                line -> {
                  line.request();
                  line.answer(200, "here");
                })) {
      var proxyPort = FreePorts.free();
      var proxy = start(proxyPort, server.port());
      try {
        var url = "https://" + machine.getHostName() + ":" + server.port() + "/";
        assertThatItIs(send(certificate, proxyPort, "broker:right", url), 200, "here");
        assertThat(send(certificate, proxyPort, "broker:wrong", url))
            .isInstanceOfSatisfying(
                NoTunnel.class, fault -> assertThat(fault.text()).contains("responded 401"));
        assertThat(send(certificate, proxyPort, "broker:right", "https://right.test:1/"))
            .isInstanceOfSatisfying(
                NoTunnel.class, fault -> assertThat(fault.text()).contains("responded 403"));
      } finally {
        proxy.destroyForcibly();
      }
    }
  }

  private Process start(int port, int allowed) throws IOException {
    var configuration =
        """
        Port %d
        Listen 127.0.0.1
        Allow 127.0.0.1
        Timeout 60
        BasicAuth broker right
        ConnectPort %d
        """
            .formatted(port, allowed);
    var file = Files.writeString(directory.resolve("tinyproxy.conf"), configuration);
    var process =
        new ProcessBuilder(PROGRAM.toString(), "-d", "-c", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("tinyproxy.log").toFile())
            .start();
    await().until(() -> accepts(port));
    return process;
  }

  private static boolean accepts(int port) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private Reply send(Certificate certificate, int port, String credentials, String url)
      throws IOException {
    var file = Files.writeString(directory.resolve("credentials"), credentials + "\n");
    try (var under =
        new HttpUnderTest(
            () -> certificate.trust().getSocketFactory(),
            HttpUnderTest.LONG,
            Map.of(
                "broker.upstream.proxy",
                "http://127.0.0.1:" + port,
                "broker.upstream.proxy-credentials-file",
                file.toString()))) {
      return under.get(url);
    }
  }
}
