package tokenbroker.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Draws the charts of {@code docs/performance.md} from the data of a run, as SVG. */
final class Charts {

  static final Path DATA = Path.of("target", "bench", "charts.json");

  private static final int WIDTH = 640;
  private static final int HEIGHT = 320;
  private static final int LEFT = 70;
  private static final int RIGHT = 110;
  private static final int TOP = 40;
  private static final int BOTTOM = 50;
  private static final List<String> COLOURS = List.of("#8a8f98", "#1a6fd6", "#d9822b");

  private Charts() {}

  /** Draws each chart of the last run next to its data. Does nothing if there is no data. */
  static void draw() {
    if (!Files.exists(DATA)) {
      return;
    }
    try {
      var charts = new ObjectMapper().readTree(DATA.toFile()).path("charts");
      for (var chart : charts.properties()) {
        Files.writeString(
            DATA.resolveSibling(chart.getKey().replace(' ', '-') + ".svg"),
            svg(chart.getKey(), chart.getValue()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns a chart whose horizontal axis is logarithmic.
   *
   * @param lines the points of each line, by its name
   */
  static String svg(String name, JsonNode lines) {
    var isTail = name.equals("tail");
    var points = new ArrayList<JsonNode>();
    lines.forEach(line -> line.forEach(points::add));
    var first = points.stream().mapToDouble(point -> point.path(0).asDouble()).min().orElseThrow();
    var last = points.stream().mapToDouble(point -> point.path(0).asDouble()).max().orElseThrow();
    var highest =
        points.stream().mapToDouble(point -> point.path(1).asDouble()).max().orElseThrow();
    var text = new StringBuilder();
    text.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n"
            .formatted(WIDTH, HEIGHT));
    text.append("<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n".formatted(WIDTH, HEIGHT));
    text.append(
        label(
            LEFT,
            22,
            isTail
                ? "Latency in ms, by the share of slower requests"
                : "Hits per second, by the number of connections",
            "start"));
    for (var i = 0; i <= 4; i++) {
      var value = highest * i / 4;
      var y = y(value, highest);
      text.append(
          "<line x1=\"%d\" y1=\"%s\" x2=\"%d\" y2=\"%s\" stroke=\"#e3e5e8\"/>\n"
              .formatted(LEFT, y, WIDTH - RIGHT, y));
      text.append(label(LEFT - 8, Double.parseDouble(y) + 4, number(value), "end"));
    }
    lines
        .elements()
        .next()
        .forEach(
            point ->
                text.append(
                    label(
                        Double.parseDouble(x(point.path(0).asDouble(), first, last)),
                        HEIGHT - BOTTOM + 20,
                        isTail ? share(point.path(0).asDouble()) : number(point.path(0).asDouble()),
                        "middle")));
    var colours = COLOURS.iterator();
    for (var line : lines.properties()) {
      var colour = colours.next();
      var path = new ArrayList<String>();
      line.getValue()
          .forEach(
              point ->
                  path.add(
                      x(point.path(0).asDouble(), first, last)
                          + ","
                          + y(point.path(1).asDouble(), highest)));
      text.append(
          "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n"
              .formatted(String.join(" ", path), colour));
      text.append(
          "<text x=\"%d\" y=\"%s\" fill=\"%s\">%s</text>\n"
              .formatted(
                  WIDTH - RIGHT + 8,
                  Double.parseDouble(path.getLast().split(",", 2)[1]) + 4,
                  colour,
                  line.getKey()));
    }
    return text.append("</svg>\n").toString();
  }

  private static String x(double value, double first, double last) {
    var share = last > first ? Math.log(value / first) / Math.log(last / first) : 0.5;
    return coordinate(LEFT + share * (WIDTH - LEFT - RIGHT));
  }

  private static String y(double value, double highest) {
    return coordinate(HEIGHT - BOTTOM - value / highest * (HEIGHT - TOP - BOTTOM));
  }

  private static String coordinate(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String number(double value) {
    return value < 100
        ? String.format(Locale.ROOT, "%.3g", value).replaceAll("\\.?0+$", "")
        : String.format(Locale.ROOT, "%,.0f", value);
  }

  /** Returns the share of slower requests in percent. */
  private static String share(double oneOf) {
    return 100 / oneOf + " %";
  }

  private static String label(double x, double y, String text, String anchor) {
    return "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" fill=\"#444\">%s</text>\n"
        .formatted(coordinate(x), coordinate(y), anchor, text);
  }
}
