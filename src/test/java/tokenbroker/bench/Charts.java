package tokenbroker.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * The charts of {@code docs/performance.md}, as SVG. They are drawn from the data file of a run,
 * which lies next to them.
 */
final class Charts {

  static final String DATA = "charts.json";
  static final String HITS = "hits by connections";
  static final String TAIL = "tail";

  private static final int WIDTH = 640;
  private static final int HEIGHT = 320;
  private static final int LEFT = 70;
  private static final int RIGHT = 110;
  private static final int TOP = 40;
  private static final int BOTTOM = 50;
  private static final int GRID_LINES = 4;
  private static final List<String> COLOURS = List.of("#8a8f98", "#1a6fd6", "#d9822b");

  private static final Map<String, String> TITLES =
      Map.of(
          HITS, "Hits per second, by the number of connections",
          TAIL, "Latency in ms, by the share of slower requests");

  private final String name;

  /** The points of each line, by its name. */
  private final Map<String, List<Point>> lines = new LinkedHashMap<>();

  /** A point. Its horizontal axis is logarithmic. */
  private record Point(double x, double y) {}

  private Charts(String name, JsonNode lines) {
    this.name = name;
    for (var line : lines.properties()) {
      this.lines.put(
          line.getKey(),
          StreamSupport.stream(line.getValue().spliterator(), false)
              .map(point -> new Point(point.path(0).asDouble(), point.path(1).asDouble()))
              .toList());
    }
  }

  /** Returns the text of each chart, by its file. */
  static Map<Path, String> of(Path data) throws IOException {
    var charts = new ObjectMapper().readTree(data.toFile()).path("charts");
    return charts.properties().stream()
        .collect(
            Collectors.toMap(
                chart -> data.resolveSibling(chart.getKey().replace(' ', '-') + ".svg"),
                chart -> new Charts(chart.getKey(), chart.getValue()).svg()));
  }

  /** Draws each chart next to the data. */
  static void draw(Path data) throws IOException {
    for (var chart : of(data).entrySet()) {
      Files.writeString(chart.getKey(), chart.getValue());
    }
  }

  private String svg() {
    return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="12">
        <rect width="%1$d" height="%2$d" fill="#fff"/>
        %3$s%4$s%5$s%6$s</svg>
        """
        .formatted(
            WIDTH,
            HEIGHT,
            text(LEFT, TOP - 18, "start", "#444", TITLES.get(name)),
            grid(),
            horizontalAxis(),
            curves());
  }

  private String grid() {
    var grid = new StringBuilder();
    for (var i = 0; i <= GRID_LINES; i++) {
      var value = largest(Point::y) * i / GRID_LINES;
      grid.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%2$.1f\" stroke=\"#e3e5e8\"/>%n",
              LEFT,
              y(value),
              WIDTH - RIGHT));
      grid.append(text(LEFT - 8, y(value) + 4, "end", "#444", number(value)));
    }
    return grid.toString();
  }

  private String horizontalAxis() {
    return lines.values().iterator().next().stream()
        .map(Point::x)
        .map(
            x ->
                text(
                    x(x),
                    HEIGHT - BOTTOM + 20,
                    "middle",
                    "#444",
                    name.equals(TAIL) ? share(x) : number(x)))
        .collect(Collectors.joining());
  }

  private String curves() {
    var colours = COLOURS.iterator();
    return lines.entrySet().stream()
        .map(line -> curve(line.getKey(), line.getValue(), colours.next()))
        .collect(Collectors.joining());
  }

  private String curve(String line, List<Point> points, String colour) {
    var path =
        points.stream()
            .map(point -> String.format(Locale.ROOT, "%.1f,%.1f", x(point.x), y(point.y)))
            .collect(Collectors.joining(" "));
    return String.format(
            Locale.ROOT,
            "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n",
            path,
            colour)
        + text(WIDTH - RIGHT + 8, y(points.getLast().y) + 4, "start", colour, line);
  }

  private double x(double value) {
    var first = -largest(point -> -point.x);
    var last = largest(Point::x);
    var share = last > first ? Math.log(value / first) / Math.log(last / first) : 0.5;
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private double y(double value) {
    return HEIGHT - BOTTOM - value / largest(Point::y) * (HEIGHT - TOP - BOTTOM);
  }

  private double largest(ToDoubleFunction<Point> value) {
    return lines.values().stream().flatMap(List::stream).mapToDouble(value).max().orElseThrow();
  }

  private static String number(double value) {
    return value < 100
        ? String.format(Locale.ROOT, "%.2f", value).replaceAll("\\.?0+$", "")
        : String.format(Locale.ROOT, "%,.0f", value);
  }

  /** Returns the share of slower requests in percent. */
  private static String share(double oneOf) {
    return number(100 / oneOf) + " %";
  }

  private static String text(double x, double y, String anchor, String colour, String text) {
    return String.format(
        Locale.ROOT,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n",
        x,
        y,
        anchor,
        colour,
        text);
  }
}
