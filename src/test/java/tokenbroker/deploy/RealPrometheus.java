package tokenbroker.deploy;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.FreePorts;

/**
 * A real Prometheus. It scrapes brokers each second and evaluates the accelerated rules of {@code
 * k8s/monitoring}. The brokers have the labels that the PodMonitor sets.
 */
final class RealPrometheus implements AutoCloseable {

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port = FreePorts.free();
  private final Process process;

  RealPrometheus(Path directory, List<BrokerProcess> brokers) {
    var targets =
        brokers.stream()
            .map(broker -> "\"" + broker.managementUrl("/").getAuthority() + "\"")
            .collect(Collectors.joining(","));
    try {
      Files.writeString(directory.resolve("rules.yaml"), AlertRules.hurried());
      Files.writeString(
          directory.resolve("prometheus.yaml"),
          """
          global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
          rule_files: [ rules.yaml ]
          scrape_configs:
            - job_name: token-broker
              metrics_path: /q/metrics
              static_configs:
                - targets: [ %s ]
                  labels: { namespace: token-broker }
          """
              .formatted(targets));
      process =
          new ProcessBuilder(
                  "prometheus",
                  "--config.file=prometheus.yaml",
                  "--storage.tsdb.path=data",
                  "--web.listen-address=127.0.0.1:" + port)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> query("up").size() > 0);
  }

  /** Returns the current series of an expression. */
  JsonNode query(String expression) {
    return get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
        .path("result");
  }

  /** Returns the value of an expression with one series; 0 if it has none. */
  double value(String expression) {
    return query(expression).path(0).path("value").path(1).asDouble();
  }

  /** Returns the health of each target, such as {@code up}. */
  List<String> targets() {
    return get("/api/v1/targets").path("activeTargets").findValuesAsText("health");
  }

  /** Returns the alerts that fire now, each with its client, if any. */
  Set<String> firing() {
    return alerts("ALERTS{alertstate=\"firing\"}");
  }

  /** Returns all alerts that have fired since the start. */
  Set<String> everFired() {
    return alerts("count_over_time(ALERTS{alertstate=\"firing\"}[1h])");
  }

  private Set<String> alerts(String expression) {
    return StreamSupport.stream(query(expression).spliterator(), false)
        .map(series -> series.path("metric"))
        .map(alert -> alert.path("alertname").asText() + " " + alert.path("client").asText())
        .map(String::strip)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private JsonNode get(String path) {
    try {
      var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
      var answer = http.send(request, BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(path + ": " + answer.body());
      }
      return new ObjectMapper().readTree(answer.body()).path("data");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
