package tokenbroker.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.util.LinkedHashSet;
import java.util.List;

/** A page without a mouse. */
final class Keyboard {

  /** What is to be reached; of a group of radio buttons one is. */
  private static final String STOPS =
      """
      [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea')]
        .filter(stop => stop.type !== 'radio' || stop.checked)
        .map(stop => stop.outerHTML)
      """;

  private static final String FOCUS =
      "document.activeElement === document.body ? null : document.activeElement.outerHTML";
  private static final String FOCUS_IS_SEEN =
      "getComputedStyle(document.activeElement).outlineStyle !== 'none'";

  private final Page page;

  Keyboard(Page page) {
    this.page = page;
  }

  void reachesEverything() {
    var stops = (List<?>) page.evaluate(STOPS);
    page.evaluate("document.activeElement.blur()");
    var reached = new LinkedHashSet<Object>();
    for (var i = 0; i < stops.size(); i++) {
      page.keyboard().press("Tab");
      var focus = page.evaluate(FOCUS);
      assertThat(focus).as("what has the focus after %s", reached).isNotNull();
      assertThat(page.evaluate(FOCUS_IS_SEEN)).as("focus is seen on %s", focus).isEqualTo(true);
      reached.add(focus);
    }
    assertThat(reached.stream().map(Object::toString).toList())
        .as("what Tab reaches, in this order")
        .isEqualTo(stops.stream().map(Object::toString).toList());
  }
}
