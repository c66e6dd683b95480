package tokenbroker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The text that {@code /q/metrics} returns, in the format of Prometheus. */
public record Scrape(String text) {

  private static final Pattern SAMPLE =
      Pattern.compile("([a-z]\\w+)(?:\\{(.*)})? (?:\\S+)(?: # .*)?");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");
  private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$");
  private static final Pattern HELP = Pattern.compile("(?m)^# HELP (\\S+) (.*)$");

  /** Returns the labels of all samples, by the name of the time series. */
  public Map<String, List<Map<String, String>>> samples() {
    return text.lines()
        .map(SAMPLE::matcher)
        .filter(Matcher::matches)
        .collect(
            Collectors.groupingBy(
                sample -> sample.group(1),
                TreeMap::new,
                Collectors.mapping(sample -> labels(sample.group(2)), Collectors.toList())));
  }

  /** Asserts that the reference describes everything here, with its type, text and labels. */
  public void assertDescribedBy(MetricsReference reference) {
    var helps = pairs(HELP);
    pairs(TYPE)
        .forEach(
            (family, type) -> {
              if (!reference.isOfLibrary(family)) {
                var metric =
                    reference.metrics().stream()
                        .filter(each -> family.equals(each.name()) || isMaximum(family, each))
                        .findAny();
                assertThat(metric).as(family).isPresent();
                assertThat(type)
                    .as(family)
                    .isEqualTo(isMaximum(family, metric.get()) ? "gauge" : metric.get().type());
                assertThat(helps.get(family)).as(family).isEqualTo(metric.get().help());
              }
            });
    samples().forEach((series, samples) -> assertLabels(series, samples, reference));
  }

  private static void assertLabels(
      String series, List<Map<String, String>> samples, MetricsReference reference) {
    if (!reference.isOfLibrary(series)) {
      var labels = reference.ofSeries(series).orElseThrow().labels();
      assertThat(samples)
          .as(series)
          .allSatisfy(
              sample -> {
                assertThat(sample.keySet()).isEqualTo(reference.labelsOf(series));
                labels.forEach(
                    (name, label) -> assertThat(sample.get(name)).as(name).matches(label::allows));
              });
    }
  }

  private static boolean isMaximum(String family, MetricsReference.Metric metric) {
    return metric.series().size() > 1 && family.equals(metric.name() + "_max");
  }

  private Map<String, String> pairs(Pattern pattern) {
    return pattern
        .matcher(text)
        .results()
        .collect(Collectors.toMap(found -> found.group(1), found -> found.group(2)));
  }

  private static Map<String, String> labels(@Nullable String text) {
    var labels = new HashMap<String, String>();
    if (text != null) {
      LABEL.matcher(text).results().forEach(found -> labels.put(found.group(1), found.group(2)));
    }
    return labels;
  }
}
