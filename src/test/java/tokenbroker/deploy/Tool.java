package tokenbroker.deploy;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** An installed command that tests need. Tests are skipped if it is missing. */
record Tool(String name) {

  static final Tool KUBECTL = new Tool("kubectl");
  static final Tool PROMETHEUS = new Tool("prometheus");
  static final Tool PROMTOOL = new Tool("promtool");
  static final Tool CURL = new Tool("curl");
  static final Tool JQ = new Tool("jq");

  /** The exit code of a command and its output, including error messages. */
  record Ended(int code, String output) {}

  /** Skips the test if the command is not on the {@code PATH}. */
  void assumeThere() {
    var directories = System.getenv().getOrDefault("PATH", "").split(File.pathSeparator);
    assumeTrue(
        Arrays.stream(directories).anyMatch(each -> Files.isExecutable(Path.of(each, name))),
        name + " is not on the PATH: what needs it is skipped");
  }

  Ended run(Path directory, String... arguments) {
    return runOn("", directory, arguments);
  }

  /** Runs the command with this text as its standard input. */
  Ended runOn(String input, Path directory, String... arguments) {
    try {
      var command = Stream.concat(Stream.of(name), Arrays.stream(arguments)).toList();
      var in = Files.writeString(Files.createTempFile("in", ""), input);
      var out = Files.createTempFile("out", "");
      var process = builder(directory, command, out).redirectInput(in.toFile()).start();
      var ended = new Ended(process.waitFor(), Files.readString(out));
      Files.delete(in);
      Files.delete(out);
      return ended;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ProcessBuilder builder(Path directory, List<String> command, Path out) {
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(out.toFile());
  }
}
