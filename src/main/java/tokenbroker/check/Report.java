package tokenbroker.check;

import java.io.PrintStream;
import java.util.List;
import java.util.function.Function;

/** The answer on standard output. A list has a limit, because nobody reads 100,000 lines. */
final class Report {

  private static final int MOST = 1_000;

  private final PrintStream out;

  Report(PrintStream out) {
    this.out = out;
  }

  void line(String line) {
    out.println(line);
  }

  /** Prints each item, or only the first ones and how many there are besides. */
  <T> void list(List<T> items, Function<T, String> shown) {
    items.stream().limit(MOST).map(shown).forEach(out::println);
    if (items.size() > MOST) {
      out.printf("  and %d more%n", items.size() - MOST);
    }
  }

  /** Prints faults as a list. */
  void faults(List<String> faults) {
    list(faults, fault -> "  - " + fault);
  }
}
