package tokenbroker.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The alert rules and the dashboard in {@code k8s/monitoring}. */
final class AlertRules {

  static final Path MONITORING = Path.of("k8s", "monitoring");

  private static final String CONNECTION = "token_broker_connection";
  private static final Pattern MINUTES = Pattern.compile("(\\[|offset |\"for\":\")(\\d+)m");
  private static final Pattern SELECTOR =
      Pattern.compile(
          "\\b((?:client:|slo:)?(?:token_broker|jvm_|process_|system_)[a-z0-9_:]+)(\\{[^}]*})?");

  private AlertRules() {}

  /** Returns the rules as a file for Prometheus. It is JSON, which is valid YAML. */
  static String forPrometheus() {
    try {
      return new ObjectMapper().writeValueAsString(Map.of("groups", groups()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Returns the rules thirty times as fast: each minute becomes two seconds. Hours and thresholds
   * do not change.
   */
  static String hurried() {
    return MINUTES
        .matcher(forPrometheus())
        .replaceAll(match -> match.group(1) + 2 * Integer.parseInt(match.group(2)) + "s");
  }

  static List<Map<String, Object>> alerts() {
    return groups().stream()
        .flatMap(group -> rulesOf(group).stream())
        .filter(rule -> rule.containsKey("alert"))
        .toList();
  }

  /**
   * Returns all selectors of the rules and the dashboard, such as {@code metric{label="value"}},
   * except those of connections.
   */
  static List<String> selectors() {
    return allSelectors().filter(selector -> !selector.contains(CONNECTION)).toList();
  }

  static List<String> selectorsOfConnections() {
    return allSelectors().filter(selector -> selector.contains(CONNECTION)).toList();
  }

  private static Stream<String> allSelectors() {
    return expressions().stream()
        .flatMap(text -> SELECTOR.matcher(text).results().map(match -> match.group()))
        .map(selector -> selector.replaceAll("\"\\$\\w+\"", "\".*\""))
        .distinct()
        .sorted();
  }

  /** Returns the expressions of all rules and of the dashboard. */
  static List<String> expressions() {
    return Stream.concat(
            groups().stream().flatMap(group -> rulesOf(group).stream()).map(AlertRules::expression),
            dashboardExpressions())
        .toList();
  }

  static List<Map<String, Object>> groups() {
    return Manifest.all(read(MONITORING.resolve("rules/prometheus-rule.yaml")))
        .getFirst()
        .list("spec", "groups");
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> dashboardExpressions() {
    try {
      var dashboard =
          new ObjectMapper().readTree(read(MONITORING.resolve("dashboard/token-broker.json")));
      var found = dashboard.findValuesAsText("expr");
      assertThat(found).hasSizeGreaterThan(30);
      return Stream.concat(
          found.stream(), dashboard.path("templating").findValuesAsText("definition").stream());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String expression(Map<String, Object> rule) {
    return String.valueOf(rule.get("expr"));
  }

  private static List<Map<String, Object>> rulesOf(Map<String, Object> group) {
    return Manifest.listAt(group, "rules");
  }
}
