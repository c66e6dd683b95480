package tokenbroker.sandbox;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;
import tokenbroker.testing.FreePorts;

/** Quarkus test profiles for the sandbox's own tests. */
public final class SandboxProfiles {

  /** A directory of this JVM, because several run tests side by side. */
  public static final String DIRECTORY = "target/sandbox-files-" + ProcessHandle.current().pid();

  private SandboxProfiles() {}

  /** Has the sandbox configure the broker, with files in {@link #DIRECTORY}. */
  public static class Configuring implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          // Not 0, because the sandbox must know its port before the server listens.
          "quarkus.http.test-port", Integer.toString(FreePorts.free()),
          "quarkus.management.test-port", "0",
          "quarkus.redis.devservices.enabled", "false",
          "sandbox.enabled", "true",
          "sandbox.directory", DIRECTORY);
    }
  }
}
