package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.Answer;
import tokenbroker.testing.Clients;
import tokenbroker.testing.KubeletVolume;
import tokenbroker.testing.Measured;
import tokenbroker.testing.Site;
import tokenbroker.testing.SteadyCallers;

/**
 * Proves that a client is added, rotated and removed by changes of one ConfigMap and one Secret,
 * which the kubelet brings into the pods in any order, while no pod is replaced.
 */
class KubernetesVolumesIT {

  private static final int CLIENTS = 10;

  @RegisterExtension private final Site site = new Site();

  private final Map<String, String> clients = new TreeMap<>();
  private final Map<String, String> secret = new HashMap<>();

  @Test
  void aClientIsAddedRotatedAndRemovedUnderLoadWithoutARestart() {
    var config = new KubeletVolume(site.directory().resolve("config"));
    var secrets = new KubeletVolume(site.directory().resolve("mounted-secrets"));
    for (var i = 0; i < CLIENTS; i++) {
      add("client-" + i, "secret-" + i);
    }
    config.write(clientsFile());
    secrets.write(secret);
    site.start(
        site.settings()
            .with("broker.clients.file", config.path().resolve("clients.yaml"))
            .with("broker.clients.secrets", secrets.path()),
        2);

    try (var callers =
        SteadyCallers.on(site.brokers(), Clients.paths(CLIENTS), site.caller(), 100)) {
      add("added", "first");
      var added = System.nanoTime();
      config.write(clientsFile());
      await().until(() -> allAnswer("/tokens/added", 502, 503));
      secrets.write(secret);
      await().until(() -> allAnswer("/tokens/added", 200));
      var secondsToAdd = secondsSince(added);

      site.upstream().answer("id-added", Answer.tokenIfSecret("second"));
      secret.put("added.client-secret", "second");
      var rotated = System.nanoTime();
      secrets.write(secret);
      await().until(this::theNewSecretWasUsed);
      var secondsToRotate = secondsSince(rotated);
      assertThat(allAnswer("/tokens/added", 200)).isTrue();

      clients.remove("added");
      secret.keySet().removeIf(key -> key.startsWith("added."));
      secrets.write(secret);
      var removed = System.nanoTime();
      config.write(clientsFile());
      await().atMost(Duration.ofMinutes(2)).until(() -> allAnswer("/tokens/added", 403));
      var calls = callers.end();

      assertThat(calls).allSatisfy(call -> assertThat(call.status()).isEqualTo(200));
      assertThat(site.brokers())
          .allSatisfy(
              broker -> {
                assertThat(site.outputOf(broker)).doesNotContain("Secrets have faults");
                assertThat(broker.metric("token_broker_config_reload_total{result=\"rejected\""))
                    .isZero();
              });
      Measured.say(
          "aClientIsAddedRotatedAndRemovedUnderLoadWithoutARestart",
          "added after %.0f s, rotated after %.0f s, removed after %.0f s; %d calls of other clients, 0 failed"
              .formatted(secondsToAdd, secondsToRotate, secondsSince(removed), calls.size()));
    }
  }

  private void add(String client, String value) {
    clients.put(client, "id-" + client);
    secret.put(client + ".client-id", "id-" + client);
    secret.put(client + ".client-secret", value);
  }

  private Map<String, String> clientsFile() {
    var yaml =
        new StringBuilder(
            "upstreams:\n  test: { base-url: \"%s\" }\nclients:\n"
                .formatted(site.upstream().url()));
    for (var client : List.copyOf(clients.keySet())) {
      yaml.append(
          "  %s: { upstream: test, callers: [ { issuer: test, subject: \"%s\" } ] }\n"
              .formatted(client, Clients.CALLER));
    }
    return Map.of("clients.yaml", yaml.toString());
  }

  private boolean theNewSecretWasUsed() {
    return site.upstream().requests().stream()
        .anyMatch(request -> "second".equals(request.parameters().get("client_secret")));
  }

  private boolean allAnswer(String path, Integer... statuses) {
    return site.brokers().stream()
        .allMatch(
            broker -> List.of(statuses).contains(broker.get(path, site.caller()).statusCode()));
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
