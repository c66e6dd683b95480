package tokenbroker.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The headless Chromium or Chrome on the {@code PATH}, for the tests of one class. Only one thread
 * may use it.
 */
public final class Chromium implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

  static final String NOT_INSTALLED =
      "No chromium or google-chrome on the PATH: tests of pages are skipped.";

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

  private final List<Phone> phones = new ArrayList<>();
  private @Nullable Playwright playwright;
  private @Nullable Browser browser;

  @Override
  public void beforeAll(ExtensionContext context) {
    var executable = find().orElseThrow(() -> new IllegalStateException(NOT_INSTALLED));
    var options =
        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"));
    playwright = Playwright.create(options);
    browser =
        playwright
            .chromium()
            .launch(new LaunchOptions().setExecutablePath(executable).setArgs(arguments()));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    phones.forEach(Phone::close);
    phones.clear();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Objects.requireNonNull(playwright).close();
  }

  /**
   * Prints a hint if Chromium is missing. A system property ensures that it is printed once per
   * process, because several class loaders may load this class.
   */
  static boolean isInstalled() {
    var installed = find().isPresent();
    if (!installed && System.getProperties().putIfAbsent(NOT_INSTALLED, "told") == null) {
      System.out.println(NOT_INSTALLED);
    }
    return installed;
  }

  /** Returns a new visitor that shares no cookies with others. It is closed when the test ends. */
  public Phone phone() {
    var phone = new Phone(Objects.requireNonNull(browser));
    phones.add(phone);
    return phone;
  }

  private static Optional<Path> find() {
    var directories = System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1);
    return NAMES.stream()
        .flatMap(name -> Stream.of(directories).map(directory -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Chromium's own sandbox does not work for the user root. */
  private static List<String> arguments() {
    return System.getProperty("user.name").equals("root") ? List.of("--no-sandbox") : List.of();
  }
}
