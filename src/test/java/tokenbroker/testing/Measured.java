package tokenbroker.testing;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Figures of tests for {@code docs/reliability.md}, collected in {@code target/measured.txt}. */
public final class Measured {

  private Measured() {}

  public static void say(String test, String figure) {
    var line = "MEASURED " + test + ": " + figure;
    System.out.println(line);
    try {
      Files.writeString(Path.of("target", "measured.txt"), line + "\n", CREATE, APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
