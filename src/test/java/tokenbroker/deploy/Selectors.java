package tokenbroker.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tokenbroker.testing.MetricsReference;
import tokenbroker.testing.MetricsReference.Label;

/** The time series that an expression of PromQL selects. */
final class Selectors {

  private static final Pattern SELECTOR =
      Pattern.compile("\\b((?:client:|slo:)?token_broker[a-z0-9_:]*)(?:\\{([^}]*)})?");
  private static final Pattern MATCHER = Pattern.compile("(\\w+)(=~|!~|!=|=)\"([^\"]*)\"");

  /** What Prometheus and the rules add. */
  private static final Set<String> ADDED =
      Set.of("namespace", "job", "instance", "pod", "client", "slo");

  private static final MetricsReference REFERENCE = MetricsReference.read();
  private static final Set<String> RECORDED =
      AlertRules.groups().stream()
          .flatMap(group -> Manifest.listAt(group, "rules").stream())
          .filter(rule -> rule.containsKey("record"))
          .map(rule -> rule.get("record").toString())
          .collect(Collectors.toSet());

  private Selectors() {}

  /** Asserts that each metric exists, and each label that is matched, with these values. */
  static void assertKnown(String expression) {
    for (var selector : SELECTOR.matcher(expression).results().toList()) {
      var name = selector.group(1);
      if (name.contains(":")) {
        assertThat(RECORDED).as(expression).contains(name);
      } else {
        assertThat(REFERENCE.ofSeries(name)).as(name + " in " + expression).isPresent();
      }
      if (selector.group(2) != null) {
        MATCHER
            .matcher(selector.group(2))
            .results()
            .filter(matcher -> !ADDED.contains(matcher.group(1)))
            .forEach(matcher -> assertKnown(name, matcher.group(1), matcher.group(3)));
      }
    }
  }

  private static void assertKnown(String series, String label, String values) {
    var recorded = series.contains(":");
    var known =
        recorded
            ? REFERENCE.metrics().stream().flatMap(metric -> labels(metric, label).stream())
            : labels(REFERENCE.ofSeries(series).orElseThrow(), label).stream();
    var labels = known.toList();
    assertThat(labels).as(series + " has the label " + label).isNotEmpty();
    assertThat(Arrays.asList(values.split("\\|")))
        .as(series + " " + label)
        .allMatch(value -> labels.stream().anyMatch(each -> each.allows(value)));
  }

  private static List<Label> labels(MetricsReference.Metric metric, String label) {
    return metric.labels().entrySet().stream()
        .filter(each -> each.getKey().equals(label))
        .map(each -> each.getValue())
        .toList();
  }
}
