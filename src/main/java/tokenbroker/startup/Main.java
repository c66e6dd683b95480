package tokenbroker.startup;

import io.quarkus.bootstrap.runner.RunnerClassLoader;
import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.time.Duration;
import tokenbroker.output.Output;
import tokenbroker.time.Ticker;

/** Starts the process: its output is taken over before anything is logged. */
@QuarkusMain
public final class Main {

  /** What nobody reads by then is lost. It is part of the time that the JVM has to end. */
  private static final Duration LAST_LINES = Duration.ofSeconds(1);

  private Main() {}

  public static void main(String... args) {
    if (isPackaged()) {
      var output = Output.takeOver(Ticker.system());
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(output), "last lines"));
    }
    Quarkus.run(args);
  }

  /** Dev mode has a console of its own, and calls this again at each reload. */
  private static boolean isPackaged() {
    var loader = Main.class.getClassLoader();
    return loader instanceof RunnerClassLoader || ClassLoader.getSystemClassLoader().equals(loader);
  }

  /** Quarkus stops in a hook of its own, beside this one, and logs until it has stopped. */
  private static void end(Output output) {
    var application = ApplicationLifecycleManager.getCurrentApplication();
    if (application != null) {
      application.awaitShutdown();
    }
    output.drain(LAST_LINES);
  }
}
