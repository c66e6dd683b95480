package tokenbroker.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.smallrye.config.SmallRyeConfig;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.LogManager;

/** The command {@code check}. It starts nothing, uses no network and writes no file. */
public final class Check {

  /** The first argument of the process that selects this command. */
  public static final String COMMAND = "check";

  static final int GOOD = 0;
  static final int BAD = 1;
  static final int WRONG_OPTIONS = 2;

  private final Supplier<SmallRyeConfig> settings;
  private final FaultFinder finder;
  private final Clock clock;
  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;

  Check(
      Supplier<SmallRyeConfig> settings,
      FaultFinder finder,
      Clock clock,
      InputStream in,
      PrintStream out,
      PrintStream err) {
    this.settings = settings;
    this.finder = finder;
    this.clock = clock;
    this.in = in;
    this.out = out;
    this.err = err;
  }

  /**
   * Runs the command in this process. It prints plain text, and switches the log off.
   *
   * @param arguments those after the name of the command
   * @return the exit status of the process
   */
  public static int run(List<String> arguments, FaultFinder finder) {
    LogManager.getLogManager().getLogger("").setLevel(Level.OFF);
    try (var out = stream(FileDescriptor.out);
        var err = stream(FileDescriptor.err)) {
      return new Check(PackagedSettings::read, finder, Clock.systemUTC(), System.in, out, err)
          .run(arguments);
    }
  }

  /** Opens a stream that does not depend on the locale, and is fast for long reports. */
  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), false, UTF_8);
  }

  int run(List<String> arguments) {
    if (arguments.contains("--help") || arguments.contains("-h")) {
      out.print(Usage.TEXT);
      return GOOD;
    }
    try {
      return run(OptionsParser.parse(arguments));
    } catch (UsageFault e) {
      err.println("check: " + e.getMessage());
      err.println();
      err.print(Usage.TEXT);
      return WRONG_OPTIONS;
    }
  }

  private int run(Options options) throws UsageFault {
    var report = new Report(out);
    var inputs = new Inputs(options, settings, report);
    try {
      if (options.comparison() != null) {
        return new Comparing(inputs, report).run(options.comparison());
      }
      if (options.question() != null) {
        return new Asking(inputs, report, clock, in).run(options.question());
      }
      return new Checking(inputs, report, clock, finder).run(options.clients());
    } catch (SettingsUnreadable e) {
      report.line("The broker cannot read its settings. Fix these first:");
      report.faults(e.faults());
      return BAD;
    }
  }
}
