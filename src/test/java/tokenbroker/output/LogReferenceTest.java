package tokenbroker.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Proves that docs/logs.md lists every WARN and ERROR line of the broker. */
class LogReferenceTest {

  private static final Pattern LINE =
      Pattern.compile(
          "LOG\\.(warn|error|fatal)f?\\((?:\\s*[\\w.]+(?:\\(e\\))?,)?\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** Returns the first literal of each line in the code, with its level. */
  static Stream<List<String>> lines() throws IOException {
    try (var files = Files.walk(Path.of("src/main/java"))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .flatMap(file -> LINE.matcher(text(file)).results())
          .map(found -> List.of(found.group(1), found.group(2)))
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("lines")
  void aLineIsInTheTableOfItsLevel(List<String> line) throws IOException {
    var level = "## " + line.getFirst().toUpperCase(Locale.ROOT);
    var table =
        Files.readAllLines(Path.of("docs/logs.md")).stream()
            .dropWhile(text -> !text.equals(level))
            .skip(1)
            .takeWhile(text -> !text.startsWith("## "))
            .toList();
    var text = line.getLast().replaceAll("%[sd]", "…").replace("\\\"", "\"");
    assertThat(
            table.stream().filter(row -> row.startsWith("| `")).map(row -> row.split("`", -1)[1]))
        .as(text)
        .anyMatch(listed -> listed.startsWith(text) || text.startsWith(listed));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
