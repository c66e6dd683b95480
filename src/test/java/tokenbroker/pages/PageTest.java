package tokenbroker.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PageTest {

  private static final Pattern STYLE = Pattern.compile("(?s)<style>(.*?)</style>");

  private static final String PAGE =
      new Page("A <title>", new Html("<link>\n"), new Html("<main></main>\n")).html();

  @Test
  void theDocumentIsAroundTheContent() {
    assertThat(PAGE)
        .startsWith("<!DOCTYPE html>\n<html lang=\"en\">")
        .contains("<title>A &lt;title&gt;</title>\n<link>\n<style>")
        .endsWith("</head>\n<body>\n<main></main>\n</body>\n</html>\n");
  }

  @Test
  void thePolicyAllowsTheStyleAndNothingElse() {
    var style = STYLE.matcher(PAGE).results().toList();

    assertThat(style).hasSize(1);
    assertThat(Page.POLICY)
        .isEqualTo(
            "default-src 'none'; style-src "
                + Page.source(style.getFirst().group(1))
                + "; base-uri 'none'; frame-ancestors 'none'");
  }

  @Test
  void theStyleLoadsNothing() {
    assertThat(PAGE).doesNotContain("url(", "@import");
  }
}
