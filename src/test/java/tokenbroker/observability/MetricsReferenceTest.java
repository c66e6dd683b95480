package tokenbroker.observability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tokenbroker.testing.MetricsReference;
import tokenbroker.testing.MetricsReference.Metric;

/**
 * Proves that docs/metrics.md describes each metric in the source code, and all values of its
 * labels. To update the document, run {@code ./mvnw test -Dtest=MetricsReferenceTest
 * -Dupdate.docs=true}.
 */
class MetricsReferenceTest {

  private static final Path SOURCES = Path.of("src/main/java/tokenbroker");
  private static final Path DOCUMENT = Path.of("docs/metrics.md");
  private static final Pattern METER = Pattern.compile("\"(token_broker\\.[a-z.]+)\"");
  private static final Pattern SPAN_ATTRIBUTE = Pattern.compile("setAttribute\\(\"[^\"]*\"");

  private final MetricsReference reference = MetricsReference.read();

  @Test
  void theDocumentSaysWhatTheReferenceSays() throws IOException {
    var document = Files.exists(DOCUMENT) ? Files.readString(DOCUMENT) : "";
    var upToDate = MetricsPage.of(reference);
    if (Boolean.getBoolean("update.docs")) {
      Files.writeString(DOCUMENT, upToDate);
      return;
    }
    assertThat(document)
        .as("%s is out of date: run this test with -Dupdate.docs=true", DOCUMENT)
        .isEqualTo(upToDate);
  }

  @Test
  void eachMeterInTheSourceHasARowAndEachRowAMeter() throws IOException {
    var meters = new TreeSet<String>();
    try (var files = Files.walk(SOURCES)) {
      for (var file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        var code = SPAN_ATTRIBUTE.matcher(Files.readString(file)).replaceAll("");
        METER.matcher(code).results().forEach(found -> meters.add(underscored(found.group(1))));
      }
    }
    var rows =
        reference.metrics().stream().map(MetricsReferenceTest::meter).collect(Collectors.toSet());

    assertThat(meters).hasSizeGreaterThan(30).isEqualTo(new TreeSet<>(rows));
  }

  @Test
  void eachFixedValueOfALabelIsInTheCodeAndNoneIsMissing() {
    assertThat(reference.metrics())
        .allSatisfy(
            metric ->
                metric
                    .found()
                    .forEach(
                        (label, places) ->
                            assertThat(fixedValues(metric, label))
                                .as(metric.name() + " " + label)
                                .containsExactlyInAnyOrderElementsOf(values(places))));
  }

  /** A row may refer to the place that another row names, because both have the same values. */
  @Test
  void theCodeIsAskedForTheFixedValuesOfEachLabel() {
    var asked =
        reference.metrics().stream()
            .flatMap(
                metric -> metric.found().keySet().stream().map(label -> fixedValues(metric, label)))
            .flatMap(Set::stream)
            .collect(Collectors.toSet());

    assertThat(reference.metrics())
        .flatExtracting(metric -> metric.labels().values())
        .allSatisfy(label -> assertThat(asked).containsAll(label.values().keySet()));
  }

  private static Set<String> fixedValues(Metric metric, String label) {
    return Objects.requireNonNull(metric.labels().get(label), label).values().keySet();
  }

  private static String underscored(String meter) {
    return meter.replace('.', '_');
  }

  private static String meter(Metric metric) {
    return metric.name().replaceFirst("(_total|_seconds)$", "");
  }

  private static Set<String> values(List<Map<String, String>> places) {
    return places.stream()
        .flatMap(MetricsReferenceTest::values)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<String> values(Map<String, String> place) {
    try {
      if (place.containsKey("enum")) {
        return Arrays.stream(Class.forName(place.get("enum")).getEnumConstants())
            .map(each -> each.toString().toLowerCase(Locale.ROOT));
      }
      var code = Files.readString(SOURCES.resolve(place.get("file")));
      return Pattern.compile(place.get("pattern"))
          .matcher(code)
          .results()
          .map(found -> found.group(1));
    } catch (IOException | ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
