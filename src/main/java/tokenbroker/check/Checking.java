package tokenbroker.check;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.OfflineCallers;
import tokenbroker.check.Policy.Reading.Faulty;
import tokenbroker.check.Policy.Reading.Valid;
import tokenbroker.clients.file.Fault;

/** Prints all faults: of a clients file, or of all settings and files. */
final class Checking {

  private final Inputs inputs;
  private final Report report;
  private final Clock clock;
  private final FaultFinder finder;

  Checking(Inputs inputs, Report report, Clock clock, FaultFinder finder) {
    this.inputs = inputs;
    this.report = report;
    this.clock = clock;
    this.finder = finder;
  }

  /**
   * Checks the clients file alone, or everything if it is null.
   *
   * @return the exit status
   */
  int run(@Nullable Path clientsFile) {
    return clientsFile == null ? everything() : policy(clientsFile);
  }

  private int policy(Path file) {
    return switch (Policy.read(file, inputs.issuers())) {
      case Valid(var policy) -> {
        report.line("No fault in %s. Clients: %d".formatted(file, policy.clients().size()));
        yield Check.GOOD;
      }
      case Faulty(var faults) -> FileFaults.print(report, file, faults);
    };
  }

  private int everything() {
    var config = inputs.config();
    var callers = new OfflineCallers(config, clock);
    var later = new ArrayList<>(callers.faultsOfKeyFiles());
    var clients = Policy.read(config.clients().file(), config.issuers().keySet());
    var ofFile =
        switch (clients) {
          case Faulty(var faults) -> faults;
          case Valid(var policy) -> {
            later.addAll(SecretsFaults.of(policy, config.clients().secrets(), clock));
            yield List.<Fault>of();
          }
        };
    var atStart = finder.faults(inputs.settings(), config, callers.faults(), ofFile);
    print("The broker does not start with these faults:", atStart);
    print("The broker starts with these faults, but rejects requests because of them:", later);
    if (!atStart.isEmpty() || !later.isEmpty()) {
      return Check.BAD;
    }
    report.line("No fault. Issuers: " + String.join(", ", config.issuers().keySet()));
    return Check.GOOD;
  }

  private void print(String title, List<String> faults) {
    if (!faults.isEmpty()) {
      report.line(title);
      report.faults(faults);
    }
  }
}
