package tokenbroker.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Measures the figures in {@code docs/performance.md}. Started by {@code bench/run}. */
final class Benchmark {

  private static final Map<String, Consumer<Table>> SECTIONS = new LinkedHashMap<>();

  static {
    SECTIONS.put("work", Work::measure);
    SECTIONS.put("hits", Hits::measure);
    SECTIONS.put("tail", Tail::measure);
    SECTIONS.put("http2", Http2::measure);
    SECTIONS.put("growth", Growth::measure);
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
    if (sections.length == 2 && sections[0].equals("compare")) {
      Compare.measure(table(), Path.of(sections[1]).toAbsolutePath());
      return;
    }
    var chosen = sections.length == 0 ? List.copyOf(SECTIONS.keySet()) : List.of(sections);
    if (!SECTIONS.keySet().containsAll(chosen)) {
      throw new IllegalArgumentException("choose among " + SECTIONS.keySet());
    }
    var table = table();
    SECTIONS.forEach(
        (name, section) -> {
          if (chosen.contains(name)) {
            section.accept(table);
          }
        });
    table.write(Charts.DATA);
    Charts.draw();
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
