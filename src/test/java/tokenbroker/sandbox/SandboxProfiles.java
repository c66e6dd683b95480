package tokenbroker.sandbox;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;

/** How the sandbox's own tests start the broker. */
final class SandboxProfiles {

  private static final Map<String, String> ANY_PORT =
      Map.of(
          "quarkus.http.test-port", "0",
          "quarkus.management.test-port", "0",
          "quarkus.redis.devservices.enabled", "false");

  private SandboxProfiles() {}

  /** The sandbox configures the broker, in a directory of its own. */
  public static final class Configuring implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      try {
        var overrides = new HashMap<>(ANY_PORT);
        overrides.put("sandbox.enabled", "true");
        overrides.put(
            "sandbox.directory", Files.createTempDirectory("token-broker-sandbox").toString());
        return overrides;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
