package tokenbroker.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Proves that no shell pipe in scripts or documentation ends in a command that stops reading early.
 * Under {@code pipefail}, such a pipe fails now and then although nothing is wrong: the writing
 * command fails if it is slower than the reader.
 */
class ScriptsTest {

  private static final Pattern ENDS_EARLY =
      Pattern.compile(
          "\\|\\s*(e?grep\\s+(-\\S+\\s+)*-\\w*[qlm]|head\\b|read\\b|awk\\b.*\\bexit\\b|sed\\s.*[;0-9$]q\\b)");
  private static final Pattern SHELL = Pattern.compile("(?s)```sh\\n(.*?)```");

  @Test
  void noPipeEndsInAReaderThatEndsBeforeItsInput() throws IOException {
    var lines = lines();
    assertThat(lines).hasSizeGreaterThan(200);
    assertThat(lines).noneMatch(line -> ENDS_EARLY.matcher(line).find());
  }

  @Test
  void readersThatEndEarlyAreTold() {
    assertThat(
            List.of(
                "curl x | grep -q y",
                "curl x | grep -E -q y",
                "curl x | grep -m1 y",
                "ls | head -n 1",
                "ls | sed 1q",
                "ls | awk '{ print; exit }'"))
        .allMatch(line -> ENDS_EARLY.matcher(line).find());
    assertThat(List.of("grep -q x <<< \"$y\"", "curl x | grep y", "ls | sed -n 's/q/r/p'"))
        .noneMatch(line -> ENDS_EARLY.matcher(line).find());
  }

  private static List<String> lines() throws IOException {
    var lines = new ArrayList<String>();
    for (var script : files("bin", ".ci", "bench", "k8s/examples/consumer", "examples")) {
      if (Files.readString(script).startsWith("#")) {
        lines.addAll(Files.readAllLines(script));
      }
    }
    for (var page : files("docs", "k8s/examples", "examples")) {
      if (page.toString().endsWith(".md")) {
        SHELL
            .matcher(Files.readString(page))
            .results()
            .forEach(block -> lines.addAll(block.group(1).lines().toList()));
      }
    }
    return lines;
  }

  private static List<Path> files(String... roots) throws IOException {
    var files = new ArrayList<Path>();
    for (var root : roots) {
      try (Stream<Path> all = Files.walk(Path.of(root))) {
        all.filter(Files::isRegularFile).forEach(files::add);
      }
    }
    return files;
  }
}
