package tokenbroker.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Measures the figures in {@code docs/performance.md}. Started by {@code bench/run}. */
final class Benchmark {

  /** What a whole run measures, in this order. */
  private static final Map<String, Consumer<Table>> SECTIONS = new LinkedHashMap<>();

  /** What only a run that names it does. */
  private static final Map<String, Consumer<Table>> ON_DEMAND =
      Map.of("profile", Allocation::profile, "scale", Scale::simulate);

  static {
    SECTIONS.put("work", Work::measure);
    SECTIONS.put("hits", Hits::measure);
    SECTIONS.put("tail", Tail::measure);
    SECTIONS.put("http2", Http2::measure);
    SECTIONS.put("growth", Growth::measure);
    SECTIONS.put("allocation", Allocation::measure);
    SECTIONS.put("misses", Misses::measure);
    SECTIONS.put("starts", Starts::measure);
    SECTIONS.put("size", Size::measure);
    SECTIONS.put("replicas", Replicas::measure);
  }

  private Benchmark() {}

  public static void main(String[] sections) {
    if (sections.length == 2 && sections[0].equals("compare")) {
      Compare.measure(table(), Path.of(sections[1]).toAbsolutePath());
      return;
    }
    var known = new LinkedHashMap<>(SECTIONS);
    known.putAll(ON_DEMAND);
    var chosen = sections.length == 0 ? List.copyOf(SECTIONS.keySet()) : List.of(sections);
    if (!known.keySet().containsAll(chosen)) {
      throw new IllegalArgumentException("choose among " + known.keySet());
    }
    var table = table();
    known.forEach(
        (name, section) -> {
          if (chosen.contains(name)) {
            var start = System.nanoTime();
            section.accept(table);
            System.err.printf("%s took %d s%n", name, (System.nanoTime() - start) / 1_000_000_000);
          }
        });
    table.writeCharts(Path.of("target", "bench", Charts.DATA));
  }

  private static Table table() {
    return new Table(
        "Java %s, %d processors, %d rounds of %d s"
            .formatted(
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                BenchSite.ROUNDS,
                BenchSite.SECONDS));
  }
}
