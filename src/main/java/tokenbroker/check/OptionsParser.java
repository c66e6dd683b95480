package tokenbroker.check;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tokenbroker.check.Options.Comparison;
import tokenbroker.check.Options.Question;
import tokenbroker.check.Options.Who;

/** Reads the options from the command line. */
final class OptionsParser {

  private static final Set<String> WITH_VALUE =
      Set.of("--clients", "--issuers", "--as", "--jwt", "--client");
  private static final String DIFF = "--diff";

  /** The values by option, each at most once. */
  private final Map<String, String> values = new LinkedHashMap<>();

  private @Nullable Comparison comparison;

  private OptionsParser() {}

  /**
   * Parses the arguments. They may have the form {@code --option value} or {@code --option=value}.
   *
   * @throws UsageFault if an option is unknown, repeated or without its value, or if two options
   *     exclude each other
   */
  static Options parse(List<String> arguments) throws UsageFault {
    var parser = new OptionsParser();
    for (var rest = arguments.iterator(); rest.hasNext(); ) {
      parser.take(rest.next(), rest);
    }
    parser.checkCombination();
    return parser.options();
  }

  private void take(String argument, Iterator<String> rest) throws UsageFault {
    var equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
    var option = equals < 0 ? argument : argument.substring(0, equals);
    if (option.equals(DIFF) && equals < 0) {
      if (comparison != null) {
        throw new UsageFault(DIFF + " is given twice: remove one of them");
      }
      comparison = new Comparison(path(DIFF, next(DIFF, rest)), path(DIFF, next(DIFF, rest)));
      return;
    }
    if (!WITH_VALUE.contains(option)) {
      throw new UsageFault(
          "%s is not an option: use one of %s, %s, --help"
              .formatted(Shown.text(option), DIFF, String.join(", ", new TreeSet<>(WITH_VALUE))));
    }
    var value = equals < 0 ? next(option, rest) : argument.substring(equals + 1);
    if (value.isBlank()) {
      throw new UsageFault(option + " has an empty value: give it one");
    }
    if (values.putIfAbsent(option, value) != null) {
      throw new UsageFault(option + " is given twice: remove one of them");
    }
  }

  private static String next(String option, Iterator<String> rest) throws UsageFault {
    var value = rest.hasNext() ? rest.next() : "--";
    if (value.startsWith("--")) {
      throw new UsageFault(
          option.equals(DIFF)
              ? "--diff needs two values: the old clients file and the new one"
              : option + " has no value: write it after the option");
    }
    return value;
  }

  private void checkCombination() throws UsageFault {
    exclude("--as", "--jwt");
    if (comparison != null) {
      for (var other : List.of("--as", "--jwt", "--client", "--clients")) {
        if (values.containsKey(other)) {
          throw new UsageFault("--diff and " + other + " exclude each other: remove one of them");
        }
      }
    }
    if (values.containsKey("--client")
        && !values.containsKey("--as")
        && !values.containsKey("--jwt")) {
      throw new UsageFault("--client names no caller: add --as or --jwt");
    }
    if (values.containsKey("--issuers") && comparison == null && !values.containsKey("--clients")) {
      throw new UsageFault(
          "--issuers replaces the issuers of the settings: use it with --clients or --diff");
    }
  }

  private void exclude(String one, String other) throws UsageFault {
    if (values.containsKey(one) && values.containsKey(other)) {
      throw new UsageFault(one + " and " + other + " exclude each other: remove one of them");
    }
  }

  private Options options() throws UsageFault {
    var clients = values.get("--clients");
    var issuers = values.get("--issuers");
    var who = who();
    return new Options(
        clients == null ? null : path("--clients", clients),
        issuers == null ? null : Set.copyOf(Arrays.asList(issuers.strip().split("\\s*,\\s*"))),
        who == null ? null : new Question(who, Optional.ofNullable(values.get("--client"))),
        comparison);
  }

  private @Nullable Who who() throws UsageFault {
    var described = values.get("--as");
    if (described != null) {
      return new Who.Described(CallerText.parse(described));
    }
    var jwt = values.get("--jwt");
    return jwt == null ? null : new Who.Jwt(jwt);
  }

  private static Path path(String option, String text) throws UsageFault {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new UsageFault(option + " is not a path on this system: " + Shown.text(text));
    }
  }
}
