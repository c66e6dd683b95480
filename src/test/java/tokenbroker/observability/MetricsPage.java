package tokenbroker.observability;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import tokenbroker.testing.MetricsReference;
import tokenbroker.testing.MetricsReference.Label;
import tokenbroker.testing.MetricsReference.Metric;

/** docs/metrics.md as Markdown. */
final class MetricsPage {

  private static final String HEAD =
      """
      # Metrics

      This page lists every metric of the broker, with a query to start from. Each replica exposes them on port 9000:

      ```sh
      kubectl -n token-broker port-forward deploy/token-broker 9000
      curl -s http://localhost:9000/q/metrics | grep '^token_broker_'
      ```

      [slo.md](slo.md) says which of them the objectives use, and [runbooks.md](runbooks.md) what to do when an alert fires.
      The dashboard [TrackMage token broker](../k8s/monitoring/dashboard/token-broker.json) shows most of them.

      - Prometheus adds `namespace`, `job`, `pod` and `instance`. The queries sum over all replicas unless they say otherwise.
      - A counter with labels appears with its first event. So a query that finds nothing means 0, and `increase()` does not
        see the first event of a series.
      - No label has a value that a caller, TrackMage or Redis can choose. Configuration bounds the number of series.

      <!-- Generated from src/test/resources/tokenbroker/testing/metrics.yaml: change it there, then run
      ./mvnw test -Dtest=MetricsReferenceTest -Dupdate.docs=true -->

      """;

  private final StringBuilder page = new StringBuilder(HEAD);
  private final Map<Map<String, String>, String> shown = new HashMap<>();

  private MetricsPage() {}

  static String of(MetricsReference reference) {
    var page = new MetricsPage();
    for (var group : reference.groups()) {
      page.page.append("## ").append(group.title()).append("\n\n");
      group.metrics().forEach(page::add);
    }
    page.addOthers(reference.others());
    return page.page.toString();
  }

  private void add(Metric metric) {
    var type = metric.type().substring(0, 1).toUpperCase(Locale.ROOT) + metric.type().substring(1);
    page.append("### `").append(metric.name()).append("`\n\n");
    paragraph("**%s** (%s). %s. %s".formatted(type, metric.unit(), metric.help(), metric.means()));
    if (metric.series().size() > 1) {
      paragraph("Series: `" + String.join("`, `", metric.series()) + "`.");
    }
    metric.labels().forEach((name, label) -> add(metric, name, label));
    page.append(metric.labels().isEmpty() ? "" : "\n");
    page.append("```promql\n").append(metric.query()).append("\n```\n\n");
  }

  private void add(Metric metric, String name, Label label) {
    var before = shown.putIfAbsent(label.values(), metric.name());
    if (label.values().isEmpty()) {
      bullet("- `" + name + "`: " + label.meaning());
    } else if (before != null) {
      bullet("- `" + name + "`: as in `" + before + "`");
    } else {
      bullet("- `" + name + "`:");
      label.values().forEach((value, meaning) -> bullet("  - `" + value + "`: " + meaning));
    }
  }

  private void addOthers(Map<String, String> others) {
    page.append("## Metrics of libraries\n\n");
    paragraph("Micrometer and Netty name and describe these themselves: `# HELP` in `/q/metrics`.");
    others.forEach((prefix, meaning) -> bullet("- `" + prefix + "*`: " + meaning));
  }

  private void paragraph(String text) {
    page.append(text.strip().replaceAll("(.{1,120})(?: |$)", "$1\n")).append('\n');
  }

  private void bullet(String text) {
    var indent = " ".repeat(text.indexOf('-') + 2);
    page.append(text.replaceAll("(.{1,116})(?: |$)", "$1\n" + indent).stripTrailing()).append('\n');
  }
}
