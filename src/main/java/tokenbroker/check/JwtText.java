package tokenbroker.check;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Reads a JWT from a file or from standard input. */
final class JwtText {

  private static final String STANDARD_INPUT = "-";

  /** Larger than any JWT that the broker accepts. */
  private static final int LARGEST = 64 * 1024;

  private JwtText() {}

  /**
   * Returns the JWT, without white space around it.
   *
   * @throws UsageFault if the file cannot be read or has no text; the message shows none of it
   */
  static String read(String file, InputStream standardInput) throws UsageFault {
    try {
      var text = file.equals(STANDARD_INPUT) ? read(standardInput) : read(Path.of(file));
      if (text.isEmpty()) {
        throw new UsageFault("--jwt has no JWT: " + name(file) + " is empty");
      }
      return text;
    } catch (IOException | InvalidPathException e) {
      throw new UsageFault(
          "--jwt cannot read %s: check that it exists, and its permissions".formatted(name(file)));
    }
  }

  private static String read(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return read(in);
    }
  }

  private static String read(InputStream in) throws IOException {
    return new String(in.readNBytes(LARGEST), StandardCharsets.UTF_8).strip();
  }

  private static String name(String file) {
    return file.equals(STANDARD_INPUT) ? "standard input" : Shown.text(file);
  }
}
