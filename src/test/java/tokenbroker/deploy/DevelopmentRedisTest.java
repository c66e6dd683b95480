package tokenbroker.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tokenbroker.testing.RealRedis;

/**
 * Proves that other pods can reach the Redis of the development overlay. Without a password, Redis
 * runs in protected mode and accepts connections from its own pod only, unless the image disables
 * this mode.
 */
class DevelopmentRedisTest {

  private static final Path OVERLAY = Path.of("k8s", "overlays", "development");

  @BeforeEach
  void kubectl() {
    Tool.KUBECTL.assumeThere();
  }

  @Test
  void itStartsAsTheManifestSaysAndWantsThePassword() {
    var password = password();
    var arguments =
        arguments().stream().map(each -> each.replace("$(REDISCLI_AUTH)", password)).toList();
    try (var redis = new RealRedis(arguments.toArray(String[]::new));
        var session = redis.session()) {
      assertThat(session.command("PING")).startsWith("-NOAUTH");
      assertThat(session.command("AUTH " + password)).isEqualTo("+OK");
      assertThat(session.command("PING")).isEqualTo("+PONG");
    }
  }

  @Test
  void brokerAndRedisHaveThePasswordFromOneSecret() {
    var source = Map.of("secretKeyRef", Map.of("name", "token-broker-redis", "key", "password"));

    assertThat(environment("redis")).containsEntry("REDISCLI_AUTH", source);
    var volumes =
        Manifest.named(OVERLAY, "Deployment", "token-broker")
            .list("spec", "template", "spec", "volumes");
    assertThat(volumes)
        .contains(
            Map.of(
                "name",
                "redis",
                "secret",
                Map.of("secretName", "token-broker-redis", "defaultMode", 0440)));
    assertThat(Manifest.listAt(container("token-broker"), "volumeMounts"))
        .contains(
            Map.of("name", "redis", "mountPath", "/etc/token-broker/redis", "readOnly", true));
    assertThat(
            Manifest.rendered(OVERLAY).stream()
                .filter(it -> it.kind().equals("ConfigMap"))
                .flatMap(it -> it.text("data", "BROKER_REDIS_PASSWORD_FILE").stream()))
        .containsExactly("/etc/token-broker/redis/password");
  }

  private static String password() {
    var secret = Manifest.named(OVERLAY, "Secret", "token-broker-redis");
    var encoded = secret.text("data", "password").orElseThrow();
    return new String(Base64.getDecoder().decode(encoded), UTF_8);
  }

  @SuppressWarnings("unchecked")
  private static List<String> arguments() {
    return (List<String>) Manifest.at(container("redis"), "args").orElseThrow();
  }

  private static Map<Object, Object> environment(String deployment) {
    return Manifest.listAt(container(deployment), "env").stream()
        .filter(variable -> variable.containsKey("valueFrom"))
        .collect(Collectors.toMap(each -> each.get("name"), each -> each.get("valueFrom")));
  }

  private static Map<String, Object> container(String deployment) {
    return Manifest.named(OVERLAY, "Deployment", deployment)
        .list("spec", "template", "spec", "containers")
        .getFirst();
  }
}
