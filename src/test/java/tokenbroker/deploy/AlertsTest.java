package tokenbroker.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves that promtool accepts the alert rules, and that each alert has a severity, a description
 * and a runbook.
 */
class AlertsTest {

  @TempDir Path directory;

  @Test
  void promtoolFindsNoFaultInTheRules() throws IOException {
    Tool.PROMTOOL.assumeThere();
    Files.writeString(directory.resolve("rules.yaml"), AlertRules.forPrometheus());
    var checked = Tool.PROMTOOL.run(directory, "check", "rules", "rules.yaml");
    assertThat(checked.code()).as(checked.output()).isZero();
  }

  @Test
  void eachAlertFiresWhenItShouldAndKeepsQuietElse() throws IOException {
    Tool.PROMTOOL.assumeThere();
    Files.writeString(directory.resolve("rules.yaml"), AlertRules.forPrometheus());
    for (var file : tests()) {
      var name = file.getFileName().toString();
      Files.writeString(directory.resolve(name), Runbook.withQueries(AlertRules.read(file)));
      var tested = Tool.PROMTOOL.run(directory, "test", "rules", name);
      assertThat(tested.code()).as(tested.output()).isZero();
    }
  }

  @Test
  void thereIsATestOfEachAlertThatFiresAndOneThatKeepsQuiet() throws IOException {
    var expectations =
        tests().stream()
            .flatMap(file -> Manifest.all(AlertRules.read(file)).getFirst().list("tests").stream())
            .flatMap(test -> Manifest.listAt(test, "alert_rule_test").stream())
            .toList();
    assertThat(AlertRules.alerts())
        .hasSizeGreaterThanOrEqualTo(10)
        .allSatisfy(
            alert -> {
              var name = String.valueOf(alert.get("alert"));
              var ours =
                  expectations.stream()
                      .filter(test -> name.equals(test.get("alertname")))
                      .map(test -> Manifest.listAt(test, "exp_alerts").isEmpty())
                      .toList();
              assertThat(ours).as(name).contains(true, false);
            });
  }

  @Test
  void eachAlertHasASummaryADescriptionASeverityAndARunbookThatIsThere() {
    var runbooks = AlertRules.read(Runbook.PAGE);
    assertThat(AlertRules.alerts())
        .allSatisfy(
            alert -> {
              var name = String.valueOf(alert.get("alert"));
              var annotations = Manifest.mappingOf(Manifest.at(alert, "annotations").orElseThrow());
              assertThat(annotations).containsKeys("summary", "description");
              assertThat(Manifest.at(alert, "labels", "severity").orElseThrow())
                  .isIn("critical", "warning", "info");
              assertThat(annotations)
                  .containsEntry(
                      "runbook_url", "docs/runbooks.md#" + name.toLowerCase(Locale.ROOT));
              assertThat(runbooks).contains("\n### " + name + "\n");
            });
  }

  @Test
  void inProductionTheRunbooksAreWhereTheOverlaySays() {
    Tool.KUBECTL.assumeThere();
    var rule =
        Manifest.rendered(Path.of("k8s", "overlays", "production")).stream()
            .filter(manifest -> manifest.kind().equals("PrometheusRule"))
            .findFirst()
            .orElseThrow();
    var base = rule.text("metadata", "annotations", "token-broker/runbooks").orElseThrow();
    assertThat(base).startsWith("https://");
    assertThat(rule.list("spec", "groups").getLast())
        .satisfies(
            group ->
                assertThat(Manifest.listAt(group, "rules"))
                    .isNotEmpty()
                    .extracting(alert -> Manifest.at(alert, "annotations", "runbook_url"))
                    .allSatisfy(
                        url -> assertThat(url.orElseThrow().toString()).startsWith(base + "#")));
  }

  private static List<Path> tests() throws IOException {
    try (var files = Files.list(AlertRules.MONITORING.resolve("tests"))) {
      return files.sorted().toList();
    }
  }
}
