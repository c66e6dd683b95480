package tokenbroker.check;

import java.util.List;
import java.util.regex.Pattern;

/** Settings of Quarkus are so malformed that no settings can be read at all. */
final class SettingsUnreadable extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** The parts of the configuration library's message that say nothing to an operator. */
  private static final Pattern NOISE =
      Pattern.compile("^Configuration validation failed:|[\\w.]+(?:Exception|Error): |SRCFG\\d+: ");

  private final String found;

  SettingsUnreadable(RuntimeException cause) {
    super(cause);
    this.found = String.valueOf(cause.getMessage());
  }

  /** Returns a message for each malformed setting. */
  List<String> faults() {
    return found
        .lines()
        .map(line -> NOISE.matcher(line).replaceAll("").strip())
        .filter(line -> !line.isEmpty())
        .map(line -> "a setting of Quarkus is malformed: " + Shown.text(line))
        .toList();
  }
}
