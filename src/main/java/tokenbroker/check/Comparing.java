package tokenbroker.check;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tokenbroker.check.Options.Comparison;
import tokenbroker.check.Policy.Reading.Faulty;
import tokenbroker.check.Policy.Reading.Valid;

/** Compares two clients files. */
final class Comparing {

  private final Inputs inputs;
  private final Report report;

  Comparing(Inputs inputs, Report report) {
    this.inputs = inputs;
    this.report = report;
  }

  /**
   * Prints the differences. The old file may name issuers that no longer exist.
   *
   * @return the exit status
   */
  int run(Comparison files) {
    var old = read(files.old(), null);
    var next = read(files.next(), inputs.issuers());
    if (old.isEmpty() || next.isEmpty()) {
      return Check.BAD;
    }
    new DiffReport(old.get(), next.get(), report).print(PolicyDiff.between(old.get(), next.get()));
    return Check.GOOD;
  }

  private Optional<Policy> read(Path file, @Nullable Set<String> issuers) {
    return switch (Policy.read(file, issuers)) {
      case Valid(var policy) -> Optional.of(policy);
      case Faulty(var faults) -> {
        FileFaults.print(report, file, faults);
        yield Optional.empty();
      }
    };
  }
}
