package tokenbroker.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.FreePorts;
import tokenbroker.testing.MetricsReference;

/** Proves that the runbooks are complete, and that their queries and commands can be executed. */
class RunbooksTest {

  private static final Path SOURCES = Path.of("src/main/java/tokenbroker");
  private static final Path PRODUCTION = Path.of("k8s", "overlays", "production");
  private static final Pattern STRING = Pattern.compile("\"((?:[^\"\\\\]++|\\\\.)*+)\"");
  private static final Pattern MEMBER = Pattern.compile("^\"(outcome|level)\":\"?(.*?)\"?$");
  private static final Pattern OBJECT =
      Pattern.compile(
          "\\b(deploy|hpa|secret|configmap|networkpolicy|certificate)[ /]([a-z][a-z0-9-]+)\\b");

  /** The kind that has or creates the object. */
  private static final Map<String, List<String>> KINDS =
      Map.of(
          "deploy", List.of("Deployment"),
          "hpa", List.of("HorizontalPodAutoscaler"),
          "secret", List.of("Secret", "ExternalSecret", "Certificate"),
          "configmap", List.of("ConfigMap"),
          "networkpolicy", List.of("NetworkPolicy"),
          "certificate", List.of("Certificate"));

  @TempDir Path directory;

  @Test
  void eachAlertHasARunbookThatSaysWhatAPersonNeedsAtNight() {
    assertThat(Runbook.all())
        .extracting(Runbook::alert)
        .containsExactlyInAnyOrderElementsOf(
            AlertRules.alerts().stream().map(alert -> String.valueOf(alert.get("alert"))).toList());
    assertThat(Runbook.all())
        .allSatisfy(
            runbook -> {
              assertThat(runbook.text())
                  .as(runbook.alert())
                  .contains("**Callers now**: ", "Status page", "**Do**", "**Over when**: ")
                  .containsPattern("\\*\\*Tell callers\\*\\*[,:] ");
              assertThat(runbook.queries()).as(runbook.alert()).isNotEmpty();
              assertThat(runbook.commands())
                  .as(runbook.alert())
                  .anyMatch(command -> command.startsWith("kubectl -n token-broker "));
            });
  }

  @Test
  void eachRunbookSaysHowItIsPractised() throws IOException {
    var drills = Files.readString(Path.of("src/test/java/tokenbroker/deploy/RunbookDrillsIT.java"));
    for (var runbook : Runbook.all()) {
      var drill = runbook.text().substring(runbook.text().indexOf("**Drill**: "));
      var test = Pattern.compile("`RunbookDrillsIT\\.(\\w+)`").matcher(drill);
      if (test.find()) {
        assertThat(drills).contains("void " + test.group(1) + "(", "\"" + runbook.alert() + "\"");
      } else {
        var file = Pattern.compile("promtool, `([\\w.-]+)`").matcher(drill);
        assertThat(file.find()).as(runbook.alert()).isTrue();
        assertThat(AlertRules.MONITORING.resolve("tests").resolve(file.group(1)))
            .content()
            .contains("alertname: " + runbook.alert());
      }
    }
  }

  @Test
  void promtoolEvaluatesEachQueryOfEachRunbookAndItFindsTheIncident() {
    var tested =
        Manifest.all(AlertRules.read(AlertRules.MONITORING.resolve("tests/runbooks.test.yaml")))
            .getFirst()
            .list("tests")
            .stream()
            .flatMap(test -> Manifest.listAt(test, "promql_expr_test").stream())
            .filter(test -> !Manifest.listAt(test, "exp_samples").isEmpty())
            .map(test -> Runbook.withQueries(String.valueOf(test.get("expr"))))
            .toList();
    assertThat(Runbook.all()).flatExtracting(Runbook::queries).isSubsetOf(tested);
  }

  @Test
  void promtoolAcceptsEachQueryOfTheDocuments() throws IOException {
    Tool.PROMTOOL.assumeThere();
    var queries =
        documents()
            .flatMap(page -> Runbook.fences(AlertRules.read(page), "promql").stream())
            .map(query -> Map.of("record", "query", "expr", query))
            .toList();
    assertThat(queries).hasSizeGreaterThan(60);
    Files.writeString(
        directory.resolve("queries.yaml"),
        json(Map.of("groups", List.of(Map.of("name", "documents", "rules", queries)))));
    var checked = Tool.PROMTOOL.run(directory, "check", "rules", "--lint=none", "queries.yaml");
    assertThat(checked.code()).as(checked.output()).isZero();
  }

  @Test
  void rulesDashboardAndDocumentsUseOnlyMetricsLabelsAndValuesThatExist() throws IOException {
    var reference = MetricsReference.read();
    assertThat(AlertRules.expressions()).hasSizeGreaterThan(80).allSatisfy(Selectors::assertKnown);
    for (var page : documents().toList()) {
      var text = AlertRules.read(page);
      Runbook.fences(text, "promql").forEach(Selectors::assertKnown);
      Pattern.compile("`(token_broker_[a-z_]+)[`{]")
          .matcher(text)
          .results()
          .map(found -> found.group(1))
          .forEach(
              name ->
                  assertThat(reference.metrics())
                      .as(page + ": " + name)
                      .anyMatch(
                          metric -> metric.name().equals(name) || metric.series().contains(name)));
    }
  }

  /** The address refuses connections, so nothing happens beyond the reading of the command. */
  @Test
  void kubectlKnowsEachCommandWithItsFlags() {
    Tool.KUBECTL.assumeThere();
    var nowhere = "--server=http://127.0.0.1:" + FreePorts.free() + " --request-timeout=2s";
    var commands =
        Runbook.commands(AlertRules.read(Runbook.PAGE)).stream()
            .filter(command -> command.startsWith("kubectl "))
            .map(command -> command.replaceFirst(" \\| grep .*", ""))
            .distinct()
            .toList();
    assertThat(commands)
        .hasSizeGreaterThan(20)
        .allSatisfy(
            command -> {
              var line = command.replaceFirst("kubectl", "kubectl " + nowhere);
              var ended = new Tool("bash").run(directory, "-c", "KUBECONFIG=/dev/null " + line);
              assertThat(ended.output())
                  .as(command)
                  .containsPattern("connection refused|was refused")
                  .doesNotContain("unknown ", "error: unable to parse");
            });
    var wrong = new Tool("bash").run(directory, "-c", "kubectl " + nowhere + " logs x --all-pots");
    assertThat(wrong.output()).contains("unknown flag").doesNotContain("refused");
  }

  @Test
  void eachObjectInACommandIsInTheProductionOverlayAndItsNamespace() {
    Tool.KUBECTL.assumeThere();
    var rendered = Manifest.rendered(PRODUCTION);
    for (var command : Runbook.commands(AlertRules.read(Runbook.PAGE))) {
      if (!command.contains("clusterrolebinding")) {
        assertThat(command).matches("(kubectl -n token-broker |curl ).*");
      }
      OBJECT
          .matcher(command)
          .results()
          .forEach(
              object ->
                  assertThat(rendered)
                      .as(command)
                      .anySatisfy(
                          manifest -> {
                            assertThat(manifest.kind()).isIn(KINDS.get(object.group(1)));
                            assertThat(names(manifest)).contains(object.group(2));
                            assertThat(manifest.text("metadata", "namespace"))
                                .hasValue("token-broker");
                          }));
    }
  }

  @Test
  void eachTextThatARunbookSearchesForIsOneThatTheBrokerWrites() throws IOException {
    var written = strings();
    assertThat(Runbook.all()).flatExtracting(Runbook::searches).hasSizeGreaterThan(15);
    for (var runbook : Runbook.all()) {
      for (var search : runbook.searches()) {
        var member = MEMBER.matcher(search.pattern());
        if (member.matches()) {
          assertThat(
                  Pattern.compile("\\W+").splitAsStream(member.group(2)).filter(w -> !w.isEmpty()))
              .as(runbook.alert())
              .allMatch(word -> word.matches("WARN|ERROR") || written.contains(word));
        } else {
          assertThat(search.alternatives())
              .as(runbook.alert())
              .allSatisfy(text -> assertThat(written).anyMatch(each -> text.matcher(each).find()));
        }
      }
    }
  }

  /** Returns all strings of the source code, with a letter for each part that is filled in. */
  @Test
  void theStatusPageHasEachPartThatARunbookNames() throws IOException {
    var page =
        AlertRules.read(SOURCES.resolve("status/ClientsHtml.java"))
            + AlertRules.read(SOURCES.resolve("status/OtherTables.java"));
    var named =
        Pattern.compile("Status page.*")
            .matcher(AlertRules.read(Runbook.PAGE))
            .results()
            .flatMap(step -> Pattern.compile("\\*([A-Z][^*]+)\\*").matcher(step.group()).results())
            .map(part -> part.group(1))
            .distinct()
            .toList();
    assertThat(named).hasSizeGreaterThan(5);
    assertThat(named)
        .allSatisfy(part -> assertThat(page).containsPattern("(\"|<h2>)" + part + "(\"|</h2>)"));
  }

  private static List<String> strings() throws IOException {
    try (var files = Files.walk(SOURCES)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(file -> AlertRules.read(file).replaceAll("\"\\s*\\+\\s*\"", ""))
          .flatMap(code -> STRING.matcher(code).results())
          .map(string -> string.group(1).replaceAll("%[sd]", "X"))
          .toList();
    }
  }

  private static List<String> names(Manifest manifest) {
    return Stream.of(manifest.text("metadata", "name"), manifest.text("spec", "secretName"))
        .flatMap(name -> name.stream())
        .toList();
  }

  private static Stream<Path> documents() throws IOException {
    try (var pages = Files.list(Path.of("docs"))) {
      return pages.filter(page -> page.toString().endsWith(".md")).sorted().toList().stream();
    }
  }

  private static String json(Object value) {
    try {
      return new ObjectMapper().writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
