package tokenbroker.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Measures the figures in {@code docs/performance.md}. Started by {@code bench/run}. */
final class Benchmark {

  private static final Map<String, Consumer<Table>> SECTIONS = new LinkedHashMap<>();

  static {
    SECTIONS.put("hits", Hits::measure);
    SECTIONS.put("tail", Tail::measure);
    SECTIONS.put("allocation", Allocation::measure);
    SECTIONS.put("profile", Allocation::profile);
    SECTIONS.put("misses", Misses::measure);
    SECTIONS.put("starts", Starts::measure);
    SECTIONS.put("size", Size::measure);
    SECTIONS.put("replicas", Replicas::measure);
    SECTIONS.put("scale", Scale::simulate);
  }

  private Benchmark() {}

  public static void main(String[] sections) {
    var chosen = sections.length == 0 ? List.copyOf(SECTIONS.keySet()) : List.of(sections);
    if (!SECTIONS.keySet().containsAll(chosen)) {
      throw new IllegalArgumentException("choose among " + SECTIONS.keySet());
    }
    var table =
        new Table(
            "Java %s, %d processors, %d rounds of %d s"
                .formatted(
                    Runtime.version(),
                    Runtime.getRuntime().availableProcessors(),
                    BenchSite.ROUNDS,
                    BenchSite.SECONDS));
    SECTIONS.forEach(
        (name, section) -> {
          if (chosen.contains(name)) {
            section.accept(table);
          }
        });
  }
}
