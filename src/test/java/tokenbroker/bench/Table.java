package tokenbroker.bench;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The results as a Markdown table. Each line is printed as soon as it is known. */
final class Table {

  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  Table(String about) {
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
}
