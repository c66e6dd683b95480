package tokenbroker.sandbox;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;
import tokenbroker.testing.FreePorts;

/** How the sandbox's own tests start the broker. */
public final class SandboxProfiles {

  public static final String DIRECTORY = "target/sandbox-files";

  private SandboxProfiles() {}

  /** The sandbox configures the broker, in a directory of its own. */
  public static final class Configuring implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          // any but 0: the sandbox must know its port before the server listens
          "quarkus.http.test-port", Integer.toString(FreePorts.free()),
          "quarkus.management.test-port", "0",
          "quarkus.redis.devservices.enabled", "false",
          "sandbox.enabled", "true",
          "sandbox.directory", DIRECTORY);
    }
  }
}
