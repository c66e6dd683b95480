package tokenbroker.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChangedSettingsTest {

  @Test
  void onlySettingsThatDifferFromTheDefaultAreShown() {
    var changed =
        ChangedSettings.in(
            config(
                Map.of(
                    "broker.store", "memory",
                    "broker.tokens.safety-window", "30s",
                    "quarkus.http.port", "8080",
                    "unknown.setting", "x")));
    assertThat(changed).extracting(ChangedSettings.Changed::name).containsExactly("broker.store");
    assertThat(changed.getFirst().value()).isEqualTo("memory");
  }

  @Test
  void passwordsAreNeverShown() {
    var changed =
        ChangedSettings.in(
            config(
                Map.of(
                    "quarkus.redis.password", "hunter2",
                    "quarkus.redis.hosts", "redis://user:hunter2@redis.example:6379/1",
                    "broker.issuers.cluster.keys", "https://keys.example/jwks?key=hunter2",
                    "broker.seal.primary", "hunter2AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")));
    assertThat(changed).hasSize(4);
    assertThat(changed.toString())
        .doesNotContain("hunter2")
        .contains("redis://redis.example:6379")
        .contains("https://keys.example");
  }

  @Test
  void severalRedisServersAreNotShownBecauseAnyMayHoldAPassword() {
    var hosts = "redis://:hunter2@one:6379,redis://:hunter2@other:6379";
    assertThat(ChangedSettings.in(config(Map.of("quarkus.redis.hosts", hosts))).toString())
        .doesNotContain("hunter2");
  }

  private static SmallRyeConfig config(Map<String, String> settings) {
    return new SmallRyeConfigBuilder()
        .withSources(new PropertiesConfigSource(settings, "test", 500))
        .build();
  }
}
