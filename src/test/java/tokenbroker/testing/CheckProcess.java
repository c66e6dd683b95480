package tokenbroker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The result of the packaged broker's command {@code check}.
 *
 * @param status the exit status
 */
public record CheckProcess(int status, String out, String err) {

  private static final int LIMIT_SECONDS = 120;

  /** Runs the command with these settings and options, without standard input. */
  public static CheckProcess run(BrokerProcess.Settings settings, String... options) {
    return runWithInput("", settings, options);
  }

  /** Runs the command with this text as its standard input. */
  public static CheckProcess runWithInput(
      String input, BrokerProcess.Settings settings, String... options) {
    try (var directory = TemporaryDirectory.create()) {
      var in = Files.writeString(directory.path().resolve("in"), input);
      var out = directory.path().resolve("out");
      var err = directory.path().resolve("err");
      var process =
          process(settings, options)
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("still running: " + text(out) + text(err));
      }
      return new CheckProcess(process.exitValue(), text(out), text(err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ProcessBuilder process(BrokerProcess.Settings settings, String... options) {
    var line = new ArrayList<>(settings.command());
    settings.settings().forEach((key, value) -> line.add(1, "-D" + key + "=" + value));
    line.add("check");
    line.addAll(List.of(options));
    var builder = new ProcessBuilder(line);
    var environment = builder.environment();
    environment
        .keySet()
        .removeIf(name -> name.startsWith("BROKER_") || name.startsWith("QUARKUS_"));
    environment.putAll(settings.environment());
    return builder;
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, UTF_8);
  }
}
