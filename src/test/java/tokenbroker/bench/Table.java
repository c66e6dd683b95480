package tokenbroker.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The results as a Markdown table, and the points of the charts. Each line is printed as soon as it
 * is known.
 */
final class Table {

  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private final String about;

  /** By chart and line: the points, each of x and y. */
  private final Map<String, Map<String, List<List<Double>>>> charts = new LinkedHashMap<>();

  Table(String about) {
    this.about = about;
    OUT.printf("%s%n%n| What | Figure | Wanted |%n|---|---|---|%n", about);
  }

  void row(String what, String figure, String wanted) {
    OUT.printf("| %s | %s | %s |%n", what, figure, wanted);
  }

  void row(String what, double figure) {
    row(what, "%.0f".formatted(figure), "");
  }

  void ratio(String what, double of, double to, String wanted) {
    row(what, "%.2f".formatted(of / to), wanted);
  }

  /** Adds a point to a line of a chart. */
  void point(String chart, String line, double x, double y) {
    charts
        .computeIfAbsent(chart, _ -> new LinkedHashMap<>())
        .computeIfAbsent(line, _ -> new ArrayList<>())
        .add(List.of(x, y));
  }

  /**
   * Writes the points of the charts to a file, and draws the charts next to it, if there are any.
   */
  void writeCharts(Path file) {
    if (charts.isEmpty()) {
      return;
    }
    var data = new LinkedHashMap<String, Object>();
    data.put("about", about);
    data.put("charts", charts);
    try {
      Files.createDirectories(file.getParent());
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), data);
      Charts.draw(file);
      OUT.printf("%nThe charts and their data are in %s.%n", file.getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
