package tokenbroker.sandbox;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.HashMap;
import java.util.Map;
import tokenbroker.testing.Ports;

/** How the sandbox's own tests start the broker. */
public final class SandboxProfiles {

  static final String DIRECTORY = "target/sandbox-files";

  private SandboxProfiles() {}

  /** The sandbox configures the broker, in a directory of its own. */
  public static final class Configuring implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return configuring();
    }
  }

  /** The same, and the demo page talks to another broker, at {@code sandbox.broker-url}. */
  public static final class DemoOfAnotherBroker implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      var overrides = new HashMap<>(configuring());
      overrides.put("sandbox.broker-url", "http://127.0.0.1:" + Ports.free());
      return overrides;
    }
  }

  /** Any port but 0: the sandbox must know its port before the server listens. */
  private static Map<String, String> configuring() {
    return Map.of(
        "quarkus.http.test-port", Integer.toString(Ports.free()),
        "quarkus.management.test-port", "0",
        "quarkus.redis.devservices.enabled", "false",
        "sandbox.enabled", "true",
        "sandbox.directory", DIRECTORY);
  }
}
