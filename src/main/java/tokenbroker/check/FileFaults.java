package tokenbroker.check;

import java.nio.file.Path;
import java.util.List;
import tokenbroker.clients.file.Fault;

/** Prints the faults of one clients file. */
final class FileFaults {

  private FileFaults() {}

  /**
   * Prints the faults.
   *
   * @return the exit status
   */
  static int print(Report report, Path file, List<Fault> faults) {
    report.line("%s has faults, so the broker does not use it:".formatted(file));
    report.faults(faults.stream().map(fault -> file + ": " + fault).toList());
    return Check.BAD;
  }
}
