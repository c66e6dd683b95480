package tokenbroker.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The samples of all rounds, by the name of the measured quantity. */
final class Samples {

  private final Map<String, List<Double>> values = new LinkedHashMap<>();

  void add(String name, double value) {
    values.computeIfAbsent(name, first -> new ArrayList<>()).add(value);
  }

  double median(String name) {
    return quantile(name, 0.5);
  }

  double mean(String name) {
    return values.get(name).stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  double quantile(String name, double quantile) {
    var sorted = values.get(name).stream().sorted().toList();
    return sorted.get(Math.min(sorted.size() - 1, (int) (quantile * sorted.size())));
  }
}
