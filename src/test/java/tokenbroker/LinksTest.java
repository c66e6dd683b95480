package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Proves that each link between the documents leads to a file and a heading that exist. */
class LinksTest {

  private static final Pattern LINK =
      Pattern.compile("]\\((?!https?:)([^)#\\s]*)(?:#([^)\\s]+))?\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
  private static final String CODE = "(?ms)^ *```.*?^ *```$";

  @Test
  void eachLinkLeadsToAHeadingThatExists() throws IOException {
    for (var page : pages()) {
      var links = LINK.matcher(text(page)).results().toList();
      for (var link : links) {
        var target =
            link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1)).normalize();
        assertThat(target).as(page + ": " + link.group()).exists();
        if (link.group(2) != null) {
          assertThat(anchors(target)).as(page + ": " + link.group()).contains(link.group(2));
        }
      }
    }
  }

  private static List<Path> pages() throws IOException {
    try (var top = Files.list(Path.of(""));
        var docs = Files.list(Path.of("docs"))) {
      return Stream.concat(top, docs).filter(file -> file.toString().endsWith(".md")).toList();
    }
  }

  private static String text(Path page) throws IOException {
    return Files.readString(page).replaceAll(CODE, "");
  }

  /** Returns the anchors of a page, as git servers derive them from its headings. */
  private static Set<String> anchors(Path page) throws IOException {
    return HEADING
        .matcher(text(page))
        .results()
        .map(heading -> heading.group(1).replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1"))
        .map(heading -> heading.strip().toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", ""))
        .map(heading -> heading.replace(' ', '-'))
        .collect(Collectors.toSet());
  }
}
