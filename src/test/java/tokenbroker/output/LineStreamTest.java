package tokenbroker.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineStreamTest {

  private final List<String> lines = new ArrayList<>();
  private final LineStream stream = new LineStream(line -> lines.add(new String(line, UTF_8)));
  private final PrintStream out = new PrintStream(stream, true, UTF_8);

  @Test
  void aLineIsHandedOverWhenItIsComplete() {
    out.print("one");
    out.flush();
    assertThat(lines).isEmpty();
    out.print(", two\nthree\n");
    assertThat(lines).containsExactly("one, two\n", "three\n");
  }

  @Test
  void aLineThatIsTooLongIsCutAndTheNextOneIsWhole() throws IOException {
    stream.write("x".repeat(LineStream.LONGEST + 1_000).getBytes(UTF_8));
    out.print("\nnext\n");
    assertThat(lines).containsExactly("x".repeat(LineStream.LONGEST - 1) + "\n", "next\n");
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          202e
          2066
          200f
          2028
          2029
          0085
          009b
          007f
          feff
          """)
  void aCharacterThatSpoilsALineIsEscaped(String code) {
    out.print("a" + (char) Integer.parseInt(code, 16) + "b\n");
    assertThat(lines).containsExactly("a\\u" + code + "b\n");
  }

  @Test
  void everyOtherCharacterStaysAsItIs() {
    var text = "Zürich 東京 😀 \"quoted\" \\u2028\ttab\n";
    out.print(text);
    assertThat(lines).containsExactly(text);
  }

  @Test
  void aCharacterBeyondTheFirstPlaneIsEscapedToo() {
    out.print("a" + Character.toString(0xe0001) + "\n"); // LANGUAGE TAG
    assertThat(lines).containsExactly("a\\udb40\\udc01\n");
  }
}
