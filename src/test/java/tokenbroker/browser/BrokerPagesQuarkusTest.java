package tokenbroker.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.sandbox.SandboxProfiles;

/**
 * Proves that the broker's own pages work in a browser. Users see them if the broker cannot
 * redirect them back.
 */
@QuarkusTest
@TestProfile(SandboxProfiles.Configuring.class)
@NeedsChromium
class BrokerPagesQuarkusTest {

  @RegisterExtension private static final Chromium CHROMIUM = new Chromium();

  private final Phone phone = CHROMIUM.phone();

  @Test
  void aLinkThatWasNeverGivenIsExplained() {
    phone.open(broker() + "/connect/abcdefghijklmnopqrstuv");
    saysThatTheLinkNoLongerWorks(phone);
  }

  @Test
  void aReturnWithoutAnythingIsExplained() {
    phone.open(broker() + "/oauth/callback");
    assertThat(phone.page().locator("h1")).hasText("Something is missing");
    phone.looksRight("broker-malformed");
  }

  @Test
  void aReloadedReturnLeadsToTheSamePlace() {
    var callback = connectedBy(phone);
    var place = phone.page().url();
    phone.open(callback);
    assertThat(phone.page()).hasURL(place);
  }

  @Test
  void aLinkIsForOneBrowser() {
    phone.open(sandbox() + "/demo");
    var visited = addresses(phone.page(), "/connect/");
    press("Connect an account");
    assertThat(phone.page().locator("h1")).hasText("Allow access to TrackMage?");
    var other = CHROMIUM.phone();
    other.open(visited.getFirst());
    saysThatTheLinkNoLongerWorks(other);
  }

  @Test
  void aReturnToAnotherBrowserConnectsNothing() {
    phone.open(sandbox() + "/demo");
    press("Connect an account");
    var returned = new ArrayList<String>();
    phone
        .page()
        .route(
            "**/oauth/v2/auth*",
            route -> {
              var answer = route.fetch(new Route.FetchOptions().setMaxRedirects(0));
              returned.add(answer.headers().get("location"));
              route.abort();
            });
    press("Allow");
    phone.page().waitForCondition(() -> !returned.isEmpty());
    var other = CHROMIUM.phone();
    other.open(returned.getFirst());
    saysThatTheLinkNoLongerWorks(other);
  }

  private static void saysThatTheLinkNoLongerWorks(Phone phone) {
    assertThat(phone.page().locator("h1")).hasText("This link no longer works");
    assertThat(phone.page().locator("main")).containsText("whether your account is connected");
    phone.looksRight("broker-expired");
  }

  /** Connects an account. Returns the callback URL with which the user returned to the broker. */
  private String connectedBy(Phone phone) {
    phone.open(sandbox() + "/demo");
    var returned = addresses(phone.page(), "/oauth/callback?");
    press("Connect an account");
    press("Allow");
    assertThat(phone.page().getByRole(AriaRole.STATUS)).containsText("Connected.");
    return returned.getFirst();
  }

  /**
   * Returns a live list of the URLs that the browser requests from now on and that contain this
   * text.
   */
  private static List<String> addresses(Page page, String part) {
    var addresses = new ArrayList<String>();
    page.onRequest(
        request -> {
          if (request.url().contains(part)) {
            addresses.add(request.url());
          }
        });
    return addresses;
  }

  private void press(String button) {
    phone
        .page()
        .getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(button))
        .first()
        .click();
  }

  private static String sandbox() {
    return ConfigProvider.getConfig().getValue("sandbox.base-url", String.class);
  }

  private static String broker() {
    return sandbox().replaceFirst("/sandbox$", "");
  }
}
