package tokenbroker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proves that the doc comment of a setting becomes one line of correct Markdown. */
class JavadocTest {

  @TempDir Path directory;

  @Test
  void codeHasNoSpaceInsideItsBackticksWhereverTheLineEnds() throws IOException {
    assertThat(
            description(
                """
                /**
                 * The address, such as {@code
                 * https://example.com} or {@code
                 *     http://a b
                 * }.
                 */
                """))
        .isEqualTo("The address, such as `https://example.com` or `http://a b`.");
  }

  private String description(String comment) throws IOException {
    var source = directory.resolve("Some.java");
    Files.writeString(source, "interface Some {\n" + comment + "String key();\n}\n");
    var groups = ConfigurationReference.of(source, "some").groups();
    return groups.getFirst().keys().getFirst().description();
  }
}
