package tokenbroker.shipped;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Proves that the packaged jar, of the broker or of the sandbox, tells an older Java what it needs.
 * Skipped if no such Java is installed.
 */
class OldJavaIT {

  private static final Path JAVAS = Path.of("/usr/lib/jvm");
  private static final int OLDEST_TESTED = 17;

  @Test
  void anOlderJavaIsToldInOneLineWhatIsNeeded() throws Exception {
    var old = olderJava();
    assumeTrue(!old.isEmpty(), "no Java 17 to 24 in " + JAVAS);
    var jar = System.getProperty("sandbox.jar", System.getProperty("broker.jar"));
    for (var java : old.entrySet()) {
      var process =
          new ProcessBuilder(java.getKey().resolve("bin/java").toString(), "-jar", jar)
              .redirectErrorStream(true)
              .start();
      var output = new String(process.getInputStream().readAllBytes(), UTF_8);

      assertThat(process.waitFor()).isEqualTo(1);
      assertThat(output.lines())
          .singleElement()
          .asString()
          .startsWith(
              "The token broker needs Java 25 or newer, but this is Java " + java.getValue());
    }
  }

  /** Returns the homes of installed Java versions that are too old, with their versions. */
  private static Map<Path, Integer> olderJava() throws IOException {
    if (!Files.isDirectory(JAVAS)) {
      return Map.of();
    }
    try (var homes = Files.list(JAVAS)) {
      return homes
          .filter(home -> Files.isExecutable(home.resolve("bin/java")))
          .map(home -> Map.entry(home, version(home)))
          .filter(java -> java.getValue() >= OLDEST_TESTED && java.getValue() < 25)
          .limit(1)
          .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
  }

  /** Returns the feature version, or 0 if it is unknown. */
  private static int version(Path home) {
    var release = new Properties();
    try (var in = Files.newBufferedReader(home.resolve("release"))) {
      release.load(in);
    } catch (IOException e) {
      return 0;
    }
    var version = release.getProperty("JAVA_VERSION", "0").replace("\"", "");
    return Integer.parseInt(List.of(version.split("\\.")).getFirst());
  }
}
