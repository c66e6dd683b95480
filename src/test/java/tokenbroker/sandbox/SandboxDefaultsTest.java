package tokenbroker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.runtime.LaunchMode;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SandboxDefaultsTest {

  private static final int APPLICATION_PROPERTIES = 250;
  private static final int ENVIRONMENT = 300;

  private final LaunchMode before = LaunchMode.current();

  @BeforeEach
  void startAsThePackagedSandbox() {
    LaunchMode.set(LaunchMode.NORMAL);
  }

  @AfterEach
  void restoreLaunchMode() {
    LaunchMode.set(before);
  }

  @Test
  void theBrokerIsConfiguredForTheSandbox() {
    var config = configured(Map.of("quarkus.http.port", "8123", "sandbox.directory", "/s"));
    assertThat(config.apply("sandbox.base-url")).isEqualTo("http://127.0.0.1:8123/sandbox");
    assertThat(config.apply("broker.clients.file")).isEqualTo("/s/clients.yaml");
    assertThat(config.apply("broker.clients.secrets")).isEqualTo("/s/secrets");
    assertThat(config.apply("broker.issuers.sandbox.issuer"))
        .isEqualTo("https://sandbox.invalid/callers");
    assertThat(config.apply("broker.issuers.sandbox.keys")).isEqualTo("/s/callers.jwks.json");
    assertThat(config.apply("broker.store")).isEqualTo("memory");
    assertThat(config.apply("broker.seal.keys")).isNull();
  }

  @Test
  void browsersFindTheBrokerWhereTheyFindTheSandbox() {
    assertThat(
            configured(Map.of("quarkus.http.port", "8123")).apply("broker.connections.public-url"))
        .isEqualTo("http://127.0.0.1:8123");
    assertThat(
            configured(Map.of("sandbox.base-url", "https://s.example/a/sandbox"))
                .apply("broker.connections.public-url"))
        .isEqualTo("https://s.example");
  }

  @Test
  void theDirectoryIsOneForAUserAndAPort() {
    var user = System.getProperty("user.name");
    assertThat(configured(Map.of("quarkus.http.port", "8123")).apply("sandbox.directory"))
        .endsWith("/token-broker-sandbox-" + user + "-8123");
  }

  @Test
  void whatTheUserSetsWinsKeyByKey() {
    var config = configured(Map.of("broker.clients.file", "/mine.yaml", "broker.store", "redis"));
    assertThat(config.apply("broker.clients.file")).isEqualTo("/mine.yaml");
    assertThat(config.apply("broker.store")).isEqualTo("redis");
    assertThat(config.apply("broker.clients.secrets")).endsWith("/secrets");
  }

  @Test
  void redisIsUsedWhereTheEnvironmentNamesIt() {
    var config = configured(Map.of("quarkus.redis.hosts", "redis://r", "sandbox.directory", "/s"));
    assertThat(config.apply("broker.store")).isEqualTo("redis");
    assertThat(config.apply("broker.seal.keys")).isEqualTo("/s/seal-keys");
  }

  @Test
  void theApplicationsOwnRedisAddressDoesNotCount() {
    var config =
        config(
            new PropertiesConfigSource(
                Map.of("quarkus.redis.hosts", "redis://localhost"),
                "application",
                APPLICATION_PROPERTIES));
    assertThat(config.apply("broker.store")).isEqualTo("memory");
  }

  @Test
  void itCanBeSwitchedOff() {
    assertThat(configured(Map.of("sandbox.enabled", "false")).apply("broker.clients.file"))
        .isNull();
  }

  @Test
  void itListensOnTheLoopbackInterfaceUnlessToldOtherwise() {
    for (var enabled : List.of("true", "false")) {
      var config = configured(Map.of("sandbox.enabled", enabled));
      assertThat(config.apply("quarkus.http.host")).isEqualTo("127.0.0.1");
      assertThat(config.apply("quarkus.management.host")).isEqualTo("127.0.0.1");
    }
    var told = configured(Map.of("quarkus.http.host", "0.0.0.0"));
    assertThat(told.apply("quarkus.http.host")).isEqualTo("0.0.0.0");
    assertThat(told.apply("quarkus.management.host")).isEqualTo("127.0.0.1");
  }

  @Test
  void testsMustAskForIt() {
    LaunchMode.set(LaunchMode.TEST);
    assertThat(configured(Map.of()).apply("broker.clients.file")).isNull();
    assertThat(
            configured(Map.of("sandbox.enabled", "true", "quarkus.http.test-port", "8124"))
                .apply("sandbox.base-url"))
        .isEqualTo("http://127.0.0.1:8124/sandbox");
  }

  @Test
  void nothingIsSaidDuringTheBuild() {
    var config = config(new PropertiesConfigSource(Map.of(), "Build system", ENVIRONMENT));
    assertThat(config.apply("broker.clients.file")).isNull();
  }

  private static UnaryOperator<String> configured(Map<String, String> environment) {
    return config(new PropertiesConfigSource(environment, "environment", ENVIRONMENT));
  }

  private static UnaryOperator<String> config(PropertiesConfigSource other) {
    var config =
        new SmallRyeConfigBuilder().withSources(new SandboxDefaults()).withSources(other).build();
    return key -> config.getConfigValue(key).getValue();
  }
}
