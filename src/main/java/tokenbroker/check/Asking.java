package tokenbroker.check;

import java.io.InputStream;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;
import tokenbroker.callers.OfflineCallers;
import tokenbroker.callers.OfflineCallers.Finding.Accepted;
import tokenbroker.callers.OfflineCallers.Finding.Rejected;
import tokenbroker.callers.OfflineCallers.Finding.Unchecked;
import tokenbroker.check.Options.Question;
import tokenbroker.check.Options.Who;
import tokenbroker.check.Policy.Reading.Faulty;
import tokenbroker.check.Policy.Reading.Valid;

/** Answers which clients a caller may use. */
final class Asking {

  private final Inputs inputs;
  private final Report report;
  private final Clock clock;
  private final InputStream standardInput;

  Asking(Inputs inputs, Report report, Clock clock, InputStream standardInput) {
    this.inputs = inputs;
    this.report = report;
    this.clock = clock;
    this.standardInput = standardInput;
  }

  /** A caller, and whether the broker accepts its JWT as far as that is known. */
  private record Asked(Caller caller, boolean isAccepted) {}

  /**
   * Prints the answer.
   *
   * @return the exit status
   */
  int run(Question question) throws UsageFault {
    var issuers = inputs.issuers();
    var asked =
        switch (question.who()) {
          case Who.Described(var caller) -> Optional.of(described(caller, issuers));
          case Who.Jwt(var file) -> ofJwt(JwtText.read(file, standardInput));
        };
    if (asked.isEmpty()) {
      return Check.BAD;
    }
    var file = inputs.clientsFile();
    return switch (Policy.read(file, issuers)) {
      case Valid(var policy) -> answer(policy, asked.get(), question.client());
      case Faulty(var faults) -> FileFaults.print(report, file, faults);
    };
  }

  private static Asked described(Caller caller, @Nullable Set<String> issuers) throws UsageFault {
    if (issuers != null && !issuers.contains(caller.issuer())) {
      throw new UsageFault(
          "--as names the issuer %s, which is not configured: use one of %s"
              .formatted(Shown.text(caller.issuer()), String.join(", ", new TreeSet<>(issuers))));
    }
    return new Asked(caller, true);
  }

  /** Verifies the JWT and prints the result. Empty if it does not say who its caller is. */
  private Optional<Asked> ofJwt(String jwt) throws UsageFault {
    var config = inputs.config();
    if (config.issuers().isEmpty()) {
      throw new UsageFault(
          "--jwt needs an issuer in the settings: set broker.issuers.<name>.issuer and .keys, or use --as");
    }
    var callers = new OfflineCallers(config, clock);
    report.faults(callers.faults());
    return switch (callers.verify(jwt)) {
      case Accepted(var caller) -> {
        report.line("The broker accepts the JWT.");
        tellOfReview(caller);
        yield Optional.of(new Asked(caller, true));
      }
      case Unchecked(var caller, var reason) -> {
        report.line("The claims of the JWT are valid. Its signature was not checked: " + reason);
        tellOfReview(caller);
        yield Optional.of(new Asked(caller, true));
      }
      case Rejected(var reason, var claimed) -> {
        report.line("The broker rejects the JWT (401): " + reason);
        claimed.ifPresent(caller -> report.line("With a valid JWT of this caller:"));
        yield claimed.map(caller -> new Asked(caller, false));
      }
    };
  }

  private void tellOfReview(Caller caller) {
    var issuer = inputs.config().issuers().get(caller.issuer());
    if (issuer != null && issuer.tokenReview()) {
      report.line("The broker also asks the API server to review it. This command does not.");
    }
  }

  private int answer(Policy policy, Asked asked, Optional<String> client) {
    var caller = asked.caller();
    var answers = new AnswerReport(policy, report);
    if (client.isEmpty()) {
      answers.print(caller, Answer.allowed(policy, caller));
      return asked.isAccepted() ? Check.GOOD : Check.BAD;
    }
    var answer = Answer.of(policy, client.get(), caller);
    answers.print(caller, answer);
    return asked.isAccepted() && answer instanceof Answer.Allowed ? Check.GOOD : Check.BAD;
  }
}
