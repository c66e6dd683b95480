package tokenbroker.sandbox;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.Map;

/** How the sandbox's own tests start the broker. */
final class SandboxProfiles {

  static final String DIRECTORY = "target/sandbox-files";

  private SandboxProfiles() {}

  /** The sandbox configures the broker, in a directory of its own. */
  public static final class Configuring implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "quarkus.http.test-port", freePort(),
          "quarkus.management.test-port", "0",
          "quarkus.redis.devservices.enabled", "false",
          "sandbox.enabled", "true",
          "sandbox.directory", DIRECTORY);
    }

    /** Any but 0: the sandbox must know its port before the server listens. */
    private static String freePort() {
      try (var socket = new ServerSocket(0)) {
        return Integer.toString(socket.getLocalPort());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
