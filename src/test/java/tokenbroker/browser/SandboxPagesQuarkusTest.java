package tokenbroker.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.sandbox.SandboxProfiles;

/**
 * Proves that the consent page and the demo page work in a browser, with the broker between them.
 */
@QuarkusTest
@TestProfile(SandboxProfiles.Configuring.class)
@NeedsChromium
class SandboxPagesQuarkusTest {

  private static final String AUTHORIZE =
      "/trackmage/oauth/v2/auth?client_id=demo&state=s&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Foauth%2Fcallback";

  @RegisterExtension private static final Chromium CHROMIUM = new Chromium();

  private final Phone phone = CHROMIUM.phone();

  @Test
  void theConsentPageIsForEverybody() {
    phone.open(sandbox() + AUTHORIZE + "&response_type=code");
    phone.looksRight("sandbox-consent");
    assertThat(page()).hasTitle("Allow access to TrackMage? - TrackMage sandbox");
  }

  @Test
  void theConsentPageAsksAgainForAnAddress() {
    phone.open(sandbox() + AUTHORIZE + "&response_type=code");
    page().getByLabel("Another address").fill("a@b@c");
    page().locator("form").evaluate("form => form.noValidate = true");
    press("Allow");
    assertThat(page().getByRole(AriaRole.ALERT)).containsText("This is not an e-mail address");
    phone.looksRight("sandbox-consent-again");
  }

  @Test
  void anErrorIsReadable() {
    phone.open(sandbox() + "/trackmage/oauth/v2/auth");
    assertThat(page().locator("h1")).hasText("This link does not work");
    phone.looksRight("sandbox-consent-error");
  }

  @Test
  void aUserConnectsAndDisconnectsWhateverTheMachineIsCalled() {
    phone.open(sandbox().replace("127.0.0.1", "localhost") + "/demo");
    phone.looksRight("sandbox-demo");
    press("Connect an account");
    page().getByLabel("bob@sandbox.invalid").check();
    press("Allow");
    assertThat(page()).hasURL(Pattern.compile(".*/sandbox/demo\\?result=.*"));
    assertThat(status()).containsText("Connected.");
    assertThat(heading("bob@sandbox.invalid")).isVisible();
    phone.looksRight("sandbox-demo-connected");
    page().locator("summary").first().click();
    assertThat(page().locator("details").first())
        .containsText("POST /clients/demo/authorizations/redeem");
    phone.looksRight("sandbox-demo-exchanges");
    press("Call TrackMage with the token of bob@sandbox.invalid");
    assertThat(status()).containsText("TrackMage answered 200: Sandbox of bob@sandbox.invalid.");
    phone.looksRight("sandbox-demo-called");
    press("Disconnect bob@sandbox.invalid");
    assertThat(status()).hasText("Disconnected.");
    assertThat(heading("bob@sandbox.invalid")).isHidden();
    phone.looksRight("sandbox-demo-disconnected");
  }

  @Test
  void theKeyboardAloneIsEnough() {
    phone.open(sandbox() + "/demo");
    page().keyboard().press("Tab");
    page().keyboard().press("Enter");
    assertThat(page().locator("h1")).hasText("Allow access to TrackMage?");
    page().keyboard().press("Tab");
    page().keyboard().press("ArrowDown");
    page().keyboard().press("Tab");
    page().keyboard().press("Tab");
    page().keyboard().press("Enter");
    assertThat(status()).containsText("Connected.");
    assertThat(heading("bob@sandbox.invalid")).isVisible();
  }

  @Test
  void aUserWhoDeniesIsTold() {
    phone.open(sandbox() + "/demo");
    press("Connect an account");
    press("Deny");
    assertThat(page().getByRole(AriaRole.ALERT)).hasText("Not connected: access was denied.");
    phone.looksRight("sandbox-demo-denied");
  }

  @Test
  void anAnswerCountsOnce() {
    phone.open(sandbox() + "/demo");
    press("Connect an account");
    press("Allow");
    assertThat(status()).containsText("Connected.");
    page().reload();
    assertThat(page().getByRole(AriaRole.ALERT)).containsText("This result was ignored.");
  }

  @Test
  void anAnswerForAnotherBrowserIsLeftAside() {
    phone.open(sandbox() + "/demo");
    press("Connect an account");
    press("Allow");
    assertThat(status()).containsText("Connected.");
    var other = CHROMIUM.phone();
    other.open(page().url());
    assertThat(other.page().getByRole(AriaRole.ALERT)).containsText("This result was ignored.");
    other.looksRight("sandbox-demo-ignored");
  }

  private Page page() {
    return phone.page();
  }

  private void press(String button) {
    page().getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(button)).first().click();
  }

  private Locator status() {
    return page().getByRole(AriaRole.STATUS);
  }

  private Locator heading(String text) {
    return page().getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(text));
  }

  private static String sandbox() {
    return ConfigProvider.getConfig().getValue("sandbox.base-url", String.class);
  }
}
