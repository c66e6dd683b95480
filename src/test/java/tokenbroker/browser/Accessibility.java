package tokenbroker.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** The findings of axe-core on the page on the screen: all its rules, also the best practices. */
final class Accessibility {

  private static final String AXE = script();

  private static final String FINDINGS =
      """
      async () => (await axe.run()).violations.map(
          rule => rule.id + ' (' + rule.help + '): ' + rule.nodes.map(node => node.html).join(' '))
      """;

  private final Page page;

  Accessibility(Page page) {
    this.page = page;
  }

  void hasNoFindings() {
    page.evaluate(AXE);
    assertThat((List<?>) page.evaluate(FINDINGS)).as("findings of axe").isEmpty();
  }

  private static String script() {
    try (var in = Objects.requireNonNull(Accessibility.class.getResourceAsStream("/axe.min.js"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
