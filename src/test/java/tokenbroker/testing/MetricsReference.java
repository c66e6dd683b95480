package tokenbroker.testing;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Every metric that the broker exposes, as {@code metrics.yaml} describes it.
 *
 * @param others what the libraries expose, by the prefix of its names
 */
public record MetricsReference(List<Group> groups, Map<String, String> others) {

  /** Metrics with a common subject. */
  public record Group(String title, List<Metric> metrics) {}

  /**
   * A metric.
   *
   * @param name as Prometheus shows it; the common part of the names of a timer
   * @param found where the code has the fixed values of a label
   */
  public record Metric(
      String name,
      String type,
      String unit,
      String help,
      String means,
      Map<String, Label> labels,
      Map<String, List<Map<String, String>>> found,
      String query) {

    public Metric {
      means = Objects.requireNonNullElse(means, "");
      labels = Objects.requireNonNullElse(labels, Map.of());
      found = Objects.requireNonNullElse(found, Map.of());
    }

    /** Returns the names of the time series. */
    public List<String> series() {
      return switch (type) {
        case "histogram" ->
            Stream.of("_bucket", "_count", "_sum", "_max").map(name::concat).toList();
        case "summary" -> Stream.of("_count", "_sum", "_max").map(name::concat).toList();
        default -> List.of(name);
      };
    }
  }

  /**
   * A label.
   *
   * @param meaning what a configured value is; empty if all values are fixed
   * @param values the fixed values with their meaning
   */
  public record Label(String meaning, Map<String, String> values) {

    @JsonCreator
    static Label configured(String meaning) {
      return new Label(meaning, Map.of());
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Label fixed(Map<String, String> values) {
      return new Label("", values);
    }

    public boolean allows(String value) {
      return values.isEmpty() || values.containsKey(value);
    }
  }

  public static MetricsReference read() {
    var options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    try (InputStream file = MetricsReference.class.getResourceAsStream("metrics.yaml")) {
      var yaml = new Yaml(new SafeConstructor(options)).load(Objects.requireNonNull(file));
      return new ObjectMapper().convertValue(yaml, MetricsReference.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public List<Metric> metrics() {
    return groups.stream().flatMap(group -> group.metrics().stream()).toList();
  }

  /** Returns the metric that a time series belongs to. */
  public Optional<Metric> ofSeries(String series) {
    return metrics().stream().filter(metric -> metric.series().contains(series)).findAny();
  }

  public boolean isOfLibrary(String series) {
    return others.keySet().stream().anyMatch(series::startsWith);
  }

  /** Returns the names of a metric's labels. */
  public Set<String> labelsOf(String series) {
    var labels = new TreeSet<>(ofSeries(series).orElseThrow().labels().keySet());
    if (series.endsWith("_bucket")) {
      labels.add("le");
    }
    return labels;
  }
}
