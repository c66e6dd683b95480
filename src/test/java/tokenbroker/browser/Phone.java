package tokenbroker.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A visitor with a small phone, and the problems that the browser has reported. */
public final class Phone {

  private static final int WIDTH = 360;
  private static final int HEIGHT = 740;
  private static final int WIDTH_OF_A_DESK = 1_200;
  static final Path PICTURES = Path.of("target/screenshots");
  private static final Set<String> HERE = Set.of("127.0.0.1", "localhost");

  /**
   * The time limit of a step, in milliseconds. It is long, because the machine may be busy; it only
   * ends steps that hang.
   */
  private static final double LIMIT = 60_000;

  static {
    PlaywrightAssertions.setDefaultAssertionTimeout(LIMIT);
  }

  private final BrowserContext context;
  private final Page page;
  private final List<String> complaints = new ArrayList<>();

  Phone(Browser browser) {
    context =
        browser.newContext(
            new Browser.NewContextOptions().setViewportSize(WIDTH, HEIGHT).setIsMobile(true));
    context.setDefaultTimeout(LIMIT);
    page = context.newPage();
    page.onConsoleMessage(this::hear);
    page.onPageError(complaints::add);
    page.onRequest(
        request -> {
          var uri = request.url();
          if (uri.startsWith("http") && !HERE.contains(URI.create(uri).getHost())) {
            complaints.add("asked elsewhere: " + uri);
          }
          var referer = request.headers().get("referer");
          if (referer != null && referer.contains("?")) {
            complaints.add("told where it came from: " + referer);
          }
        });
  }

  /** Returns the page on the screen. */
  public Page page() {
    return page;
  }

  public void open(String url) {
    page.navigate(url);
  }

  /**
   * Records the console's errors. A page with status 400 or above is not an error of the browser.
   */
  private void hear(ConsoleMessage message) {
    var isStatus = message.text().startsWith("Failed to load resource: the server responded");
    if (Set.of("error", "warning").contains(message.type())
        && !(isStatus && message.location().startsWith(page.url()))) {
      complaints.add(message.type() + ": " + message.text());
    }
  }

  /**
   * Checks that the page on the screen meets the requirements of every page: accessible in light
   * and dark, without scripts from elsewhere, and usable on a small screen. Takes pictures of it.
   *
   * @param name the name of the pictures
   */
  public void looksRight(String name) {
    assertThat(page.getAttribute("html", "lang")).isEqualTo("en");
    assertThat(page.title()).isNotBlank();
    assertThat(page.locator("h1").count()).as("h1 headings").isEqualTo(1);
    assertThat(page.locator("main").count()).as("main elements").isEqualTo(1);
    assertThat(page.locator("script[src]").count()).as("scripts from elsewhere").isZero();
    assertThat(unlabelled()).as("fields without a label").isEmpty();
    assertThat(number("document.documentElement.scrollWidth"))
        .as("width of the page")
        .isLessThanOrEqualTo(WIDTH);
    assertThat(tooSmall()).as("buttons that are too small for a thumb").isEmpty();
    new Keyboard(page).reachesEverything();
    page.evaluate("document.activeElement.blur()");
    for (var scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
      takePictures(name + "-" + scheme.name().toLowerCase(Locale.ROOT));
      new Accessibility(page).hasNoFindings();
    }
    assertThat(complaints).isEmpty();
  }

  private void takePictures(String name) {
    takePicture(name);
    page.setViewportSize(WIDTH_OF_A_DESK, HEIGHT);
    takePicture(name + "-wide");
    page.setViewportSize(WIDTH, HEIGHT);
  }

  private void takePicture(String name) {
    var path = PICTURES.resolve(name + ".png");
    page.screenshot(new Page.ScreenshotOptions().setPath(path).setFullPage(true));
  }

  private List<?> unlabelled() {
    return (List<?>)
        page.evaluate(
            """
            [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
              .filter(field => ![...field.labels].some(label => label.textContent.trim()))
              .map(field => field.outerHTML)
            """);
  }

  /** WCAG 2.2, success criterion 2.5.8, requires 24 pixels. A thumb needs more. */
  private List<?> tooSmall() {
    return (List<?>)
        page.evaluate(
            """
            [...document.querySelectorAll('button, input:not([type=hidden]):not([type=radio])')]
              .filter(control => control.getBoundingClientRect().height < 44)
              .map(control => control.outerHTML)
            """);
  }

  private int number(String expression) {
    return ((Number) page.evaluate(expression)).intValue();
  }

  void close() {
    context.close();
  }
}
