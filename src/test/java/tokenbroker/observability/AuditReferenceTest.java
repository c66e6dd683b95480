package tokenbroker.observability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Proves that docs/audit.md lists every member, event and outcome of audit lines, and no other. */
class AuditReferenceTest {

  private static final Pattern WORD = Pattern.compile("`([^`]+)`");
  private static final Pattern MEMBER =
      Pattern.compile("(?:write|write\\w+Field)\\(\\s*\"(\\w+)\"");

  @Test
  void everyMemberIsListed() throws IOException {
    var source =
        Files.readString(Path.of("src/main/java/tokenbroker/observability/AuditLines.java"));
    var written = MEMBER.matcher(source).results().map(found -> found.group(1));
    assertThat(rows("## Members").keySet())
        .containsExactlyInAnyOrderElementsOf(written.collect(Collectors.toSet()));
  }

  @Test
  void everyEventIsListedWithItsOutcomes() throws IOException {
    var events =
        Arrays.stream(AuditEvent.values())
            .collect(Collectors.toMap(AuditEvent::word, AuditEvent::outcomes));
    assertThat(rows("## Events and outcomes")).isEqualTo(events);
  }

  @Test
  void everyOutcomeOfATokenIsExplained() throws IOException {
    assertThat(wordsOf(firstCells("The outcomes of `token`:")))
        .containsExactlyInAnyOrderElementsOf(AuditEvent.TOKEN.outcomes());
  }

  /** Returns the first table after a line: the word in the first cell, and those in the second. */
  private static Map<String, Set<String>> rows(String heading) throws IOException {
    var rows = new LinkedHashMap<String, Set<String>>();
    for (var row : table(heading)) {
      var cells = row.split("\\|", -1);
      rows.put(wordsOf(List.of(cells[1])).getFirst(), Set.copyOf(wordsOf(List.of(cells[2]))));
    }
    return rows;
  }

  private static List<String> firstCells(String heading) throws IOException {
    return table(heading).stream().map(row -> row.split("\\|", -1)[1]).toList();
  }

  private static List<String> table(String heading) throws IOException {
    return Files.readAllLines(Path.of("docs/audit.md")).stream()
        .dropWhile(line -> !line.equals(heading))
        .dropWhile(line -> !line.startsWith("|---"))
        .skip(1)
        .takeWhile(line -> line.startsWith("|"))
        .toList();
  }

  private static List<String> wordsOf(List<String> cells) {
    return cells.stream()
        .flatMap(cell -> WORD.matcher(cell).results())
        .map(found -> found.group(1))
        .toList();
  }
}
