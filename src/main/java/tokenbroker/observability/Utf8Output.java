package tokenbroker.observability;

import io.quarkus.runtime.ImageMode;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Handler;
import org.eclipse.microprofile.config.Config;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.LogContext;
import org.jboss.logmanager.handlers.ConsoleHandler;
import tokenbroker.output.Output;

/**
 * Makes the console use UTF-8 in every locale. Containers often have {@code LC_ALL=C}, and then the
 * JVM would print a question mark for every non-ASCII letter.
 */
class Utf8Output {

  private final boolean isStderr;

  Utf8Output(Config config) {
    isStderr = config.getOptionalValue("quarkus.log.console.stderr", Boolean.class).orElse(false);
  }

  void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
    if (Output.current().isEmpty()) {
      System.setErr(new PrintStream(System.err, true, StandardCharsets.UTF_8));
    }
    for (var handler : LogContext.getLogContext().getLogger("").getHandlers()) {
      speakUtf8(handler);
    }
  }

  private void speakUtf8(Handler handler) {
    if (handler instanceof ConsoleHandler console) {
      if (ImageMode.current() == ImageMode.NATIVE_RUN) {
        // The class was initialized at build time, with the streams of the build.
        console.setOutputStream(isStderr ? System.err : System.out);
      }
      console.setCharset(StandardCharsets.UTF_8);
    } else if (handler instanceof ExtHandler wrapper) {
      for (var wrapped : wrapper.getHandlers()) {
        speakUtf8(wrapped);
      }
    }
  }
}
