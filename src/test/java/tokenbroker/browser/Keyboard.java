package tokenbroker.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.util.LinkedHashSet;
import java.util.List;

/** A visitor who uses the keyboard only. */
final class Keyboard {

  /** The elements that Tab must reach. Of a group of radio buttons, this is the selected one. */
  private static final String STOPS =
      """
      [...document.querySelectorAll(
          'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
        .filter(stop => stop.checkVisibility())
        .filter(stop => stop.type !== 'radio' || stop.checked)
        .map(stop => stop.outerHTML)
      """;

  private static final String FOCUS =
      "document.activeElement === document.body ? null : document.activeElement.outerHTML";
  private static final String FOCUS_IS_SEEN =
      "getComputedStyle(document.activeElement).outlineStyle !== 'none'";

  /** Moves the focus before the first element, wherever it was. */
  private static final String FOCUS_THE_START =
      "document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')";

  private final Page page;

  Keyboard(Page page) {
    this.page = page;
  }

  void reachesEverything() {
    var stops = (List<?>) page.evaluate(STOPS);
    page.evaluate(FOCUS_THE_START);
    var reached = new LinkedHashSet<Object>();
    for (var i = 0; i < stops.size(); i++) {
      page.keyboard().press("Tab");
      var focus = page.evaluate(FOCUS);
      assertThat(focus).as("element with the focus after %s", reached).isNotNull();
      assertThat(page.evaluate(FOCUS_IS_SEEN)).as("focus is visible on %s", focus).isEqualTo(true);
      reached.add(focus);
    }
    assertThat(reached.stream().map(Object::toString).toList())
        .as("elements that Tab reaches, in order")
        .isEqualTo(stops.stream().map(Object::toString).toList());
  }
}
