package tokenbroker.startup;

import io.quarkus.bootstrap.runner.RunnerClassLoader;
import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.time.Duration;
import java.util.List;
import tokenbroker.check.Check;
import tokenbroker.output.Output;
import tokenbroker.time.Ticker;

/**
 * Starts the process. It takes over the output before anything is logged. The command {@code check}
 * runs without starting the broker.
 */
@QuarkusMain
public final class Main {

  /**
   * The time for the last lines. Lines that nothing has read by then are lost. It is part of the
   * time that the JVM has to shut down.
   */
  private static final Duration LAST_LINES = Duration.ofSeconds(1);

  /** The default of {@code quarkus.log.console.json.enabled} in application.properties. */
  private static final String JSON = "log.json";

  Main() {}

  public static void main(String... args) {
    if (args.length > 0 && args[0].equals(Check.COMMAND)) {
      var options = List.of(args).subList(1, args.length);
      System.exit(Check.run(options, StartFaults::beforeStart));
    }
    if (isPackaged()) {
      if (isTerminal()) {
        System.setProperty(JSON, "false");
      }
      var output = Output.takeOver(Ticker.system());
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(output), "last lines"));
    }
    Quarkus.run(args);
  }

  /**
   * Returns whether this is the packaged application. Dev mode has its own console, and calls
   * {@code main} again at each reload.
   */
  private static boolean isPackaged() {
    var loader = Main.class.getClassLoader();
    return loader instanceof RunnerClassLoader || ClassLoader.getSystemClassLoader().equals(loader);
  }

  /** Returns whether a person reads the log, and not a program. */
  @SuppressWarnings("SystemConsoleNull") // It may be null in a pipe.
  private static boolean isTerminal() {
    var console = System.console();
    return console != null && console.isTerminal();
  }

  /**
   * Waits for Quarkus, then writes the last lines. Quarkus stops in its own shutdown hook,
   * concurrently with this one, and logs until it has stopped.
   */
  private static void end(Output output) {
    var application = ApplicationLifecycleManager.getCurrentApplication();
    if (application != null) {
      application.awaitShutdown();
    }
    output.drain(LAST_LINES);
  }
}
