package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Proves that every test named in docs/reliability.md exists. */
class ReliabilityTest {

  private static final Path PAGE = Path.of("docs", "reliability.md");
  private static final Pattern TEST = Pattern.compile("`(\\w+IT)\\.(\\w+)[(`]");

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    var named = TEST.matcher(Files.readString(PAGE)).results().toList();
    assertThat(named).hasSizeGreaterThan(20);
    assertThat(named)
        .allSatisfy(
            test -> assertThat(methods(test.group(1))).as(test.group()).contains(test.group(2)));
  }

  private static String[] methods(String test) throws ClassNotFoundException {
    return Arrays.stream(Class.forName("tokenbroker." + test).getDeclaredMethods())
        .map(method -> method.getName())
        .toArray(String[]::new);
  }
}
