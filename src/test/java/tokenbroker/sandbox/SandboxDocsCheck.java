package tokenbroker.sandbox;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.testing.SandboxProcess;

/**
 * Proves that the commands in docs/sandbox.md give the answers that are shown below them, if they
 * are pasted in order into one shell. The Maven profile {@code sandbox} runs it.
 */
class SandboxDocsCheck {

  private static final Path DOCUMENT = Path.of("docs", "sandbox.md");
  private static final Pattern SHELL_BLOCK = Pattern.compile("(?ms)^```sh\n(.*?)^```$");
  private static final String ANSWER = "# ";

  @TempDir Path directory;

  private SandboxProcess sandbox;

  @BeforeEach
  void start() {
    sandbox = SandboxProcess.start(directory);
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  /**
   * A command and its answer.
   *
   * @param answer the parts of the answer, in order; empty if the document shows none
   */
  private record Step(String command, List<String> answer) {

    boolean showsItsAnswer() {
      return !answer.isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"The TrackMage look-alike", "Faults on demand"})
  void commandsGiveTheAnswersThatAreShown(String section) throws IOException {
    var steps = steps(section(section));
    assertThat(steps).anyMatch(Step::showsItsAnswer);
    var outputs = Shell.run(steps.stream().map(SandboxDocsCheck::marked).collect(joining("\n")));
    var output = outputs.split("(?m)^--- end of step$\n?", -1);
    assertThat(output).as(outputs).hasSize(steps.size() + 1);
    for (var i = 0; i < steps.size(); i++) {
      if (steps.get(i).showsItsAnswer()) {
        assertThat(output[i]).as(steps.get(i).command).containsSubsequence(steps.get(i).answer);
      }
    }
  }

  private static String marked(Step step) {
    return step.command + "\nprintf '\\n--- end of step\\n'";
  }

  /** Returns the section up to the next heading of any level. */
  private String section(String heading) throws IOException {
    var text = Files.readString(DOCUMENT);
    var start = text.indexOf("\n## " + heading + "\n");
    assertThat(start).as(heading).isPositive();
    var end = Pattern.compile("^##", Pattern.MULTILINE).matcher(text);
    return text.substring(start, end.find(start + 4) ? end.start() : text.length())
        .replace("localhost:8080", "localhost:" + sandbox.port());
  }

  private static List<Step> steps(String section) {
    var steps = new ArrayList<Step>();
    SHELL_BLOCK
        .matcher(section)
        .results()
        .flatMap(block -> block.group(1).lines())
        .forEach(
            line -> {
              if (line.startsWith(ANSWER)) {
                var command = steps.removeLast().command;
                steps.add(new Step(command, parts(line.substring(ANSWER.length()))));
              } else {
                steps.add(new Step(line, List.of()));
              }
            });
    return steps;
  }

  private static List<String> parts(String answer) {
    return List.of(answer.split("\\s*…\\s*")).stream().filter(part -> !part.isEmpty()).toList();
  }
}
