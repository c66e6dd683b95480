package tokenbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A strict parser of OpenMetrics 1.0. It checks names, suffixes, the positions of exemplars, that
 * no family or sample occurs twice, and the final line.
 */
final class OpenMetricsText {

  private static final String LABELS =
      "\\{(?:[a-zA-Z_]\\w*=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\"(?:,(?!}))?)*}";
  private static final String NUMBER = "(?:[+-]?(?:\\d+(?:\\.\\d*)?(?:[eE][+-]?\\d+)?|Inf)|NaN)";
  private static final Pattern SAMPLE =
      Pattern.compile(
          "([a-zA-Z_:][\\w:]*)(%s)? (%s)( %s)?( # %s %s( %s)?)?"
              .formatted(LABELS, NUMBER, NUMBER, LABELS, NUMBER, NUMBER));
  private static final Pattern META =
      Pattern.compile("# (TYPE|HELP|UNIT) ([a-zA-Z_:][\\w:]*) (.*)");
  private static final Map<String, List<String>> SUFFIXES =
      Map.of(
          "counter", List.of("_total", "_created"),
          "gauge", List.of(""),
          "unknown", List.of(""),
          "info", List.of("_info"),
          "stateset", List.of(""),
          "summary", List.of("", "_sum", "_count", "_created"),
          "histogram", List.of("_bucket", "_sum", "_count", "_created"));

  private final Map<String, String> types = new HashMap<>();
  private final HashSet<String> samples = new HashSet<>();
  private String family = "";

  private OpenMetricsText() {}

  static void check(String text) {
    assertThat(text).endsWith("# EOF\n");
    var reader = new OpenMetricsText();
    text.lines().filter(line -> !line.equals("# EOF")).forEach(reader::read);
    assertThat(reader.samples).isNotEmpty();
  }

  private void read(String line) {
    var meta = META.matcher(line);
    if (meta.matches()) {
      describe(meta.group(1), meta.group(2), meta.group(3));
      return;
    }
    var sample = SAMPLE.matcher(line);
    assertThat(sample.matches()).as(line).isTrue();
    var type = String.valueOf(types.get(family));
    assertThat(SUFFIXES.getOrDefault(type, List.of()).stream().map(suffix -> family + suffix))
        .as(line)
        .contains(sample.group(1));
    assertThat(samples.add(sample.group(1) + sample.group(2)))
        .as("sample occurs twice: " + line)
        .isTrue();
    if (sample.group(5) != null) {
      assertThat(sample.group(1)).as(line).matches(".*_(bucket|total)");
    }
  }

  private void describe(String what, String name, String value) {
    if (!name.equals(family)) {
      assertThat(types).as("metric family occurs in two places").doesNotContainKey(name);
      family = name;
    }
    if (what.equals("TYPE")) {
      assertThat(SUFFIXES).containsKey(value);
      types.put(name, value);
    }
  }
}
