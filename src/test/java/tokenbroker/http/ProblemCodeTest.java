package tokenbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProblemCodeTest {

  @ParameterizedTest
  @EnumSource(ProblemCode.class)
  void theDocumentShowsWhatIsSent(ProblemCode code) throws IOException {
    var document = Files.readString(Path.of("docs/errors.md"));
    var chapter = document.substring(document.indexOf("\n## `" + code.code() + "`"));
    var next = chapter.indexOf("\n## ", 4);

    assertThat(next < 0 ? chapter : chapter.substring(0, next))
        .contains("\"title\": \"" + code.title + "\"", "\"status\": " + code.status)
        .contains("\"type\": \"" + code.type() + "\"", "\"retryable\": " + code.retryable)
        .contains(
            code == ProblemCode.INVALID_REQUEST
                ? "\"detail\": \""
                : "\"detail\": \"" + code.detail + "\"");
  }
}
