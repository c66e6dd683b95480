package tokenbroker.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.vertx.http.HttpServer;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.sandbox.SandboxProfiles;

/** Proves that the sandbox's start page and Swagger UI work in a browser. */
@QuarkusTest
@TestProfile(SandboxProfiles.Configuring.class)
@NeedsChromium
class HomePageQuarkusTest {

  @RegisterExtension private static final Chromium CHROMIUM = new Chromium();

  @Inject HttpServer server;

  private final Phone phone = CHROMIUM.phone();

  @Test
  void theStartPageIsForEverybody() {
    phone.open(url("localhost"));
    phone.looksRight("sandbox-home");
  }

  @Test
  void itsLinksLeadSomewhere() {
    phone.open(url("localhost"));
    var links = (List<?>) page().evaluate("[...document.links].map(link => link.href)");
    assertThat(links).hasSize(6);
    assertThat(links).allSatisfy(link -> given().get(link.toString()).then().statusCode(200));
  }

  @Test
  void itsCommandsNameTheHostThatWasAsked() {
    phone.open(url("localhost"));
    assertThat(page().locator("pre").first())
        .hasText(
            "curl -H \"Authorization: Bearer $(curl -s '%1$s/sandbox/caller-token?subject=demo')\" %1$s/tokens/demo"
                .formatted("http://localhost:" + server.getPort()));
  }

  @Test
  void aCallerTokenIsAClickAway() {
    phone.open(url("127.0.0.1"));
    page().getByLabel("stranger").check();
    press("Get a caller token");
    var token = page().locator("body").innerText();
    given().header("Authorization", "Bearer " + token).get("/tokens/demo").then().statusCode(403);
  }

  @Test
  void aCommandIsCopiedByAButton() {
    phone.open(url("localhost"));
    page().context().grantPermissions(List.of("clipboard-read", "clipboard-write"));
    press("Copy");
    assertThat(page().locator(".code button").first()).hasText("Copied");
    assertThat(page().evaluate("navigator.clipboard.readText()"))
        .isEqualTo(page().locator("pre").first().textContent());
    assertThat(page().locator(".code button").first()).hasAttribute("aria-label", "Copied");
  }

  @Test
  void swaggerUiCallsTheBrokerByWhateverNameItWasOpened() {
    var callerToken = given().get("/sandbox/caller-token?subject=demo").asString();
    await().until(() -> hasToken(callerToken));
    page().setViewportSize(1_200, 900);
    for (var host : List.of("localhost", "127.0.0.1")) {
      phone.open(url(host) + "q/swagger-ui/");
      authorize(callerToken);
      var operation = page().locator("#operations-tokens-getToken");
      operation.locator(".opblock-summary-control").click();
      assertThat(operation.locator("input[placeholder=client]")).hasValue("demo");
      operation.locator("button.execute").click();
      assertThat(operation.locator(".live-responses-table td.response-col_status").last())
          .hasText("200");
      assertThat(operation.locator(".request-url"))
          .containsText("http://" + host + ":" + server.getPort() + "/tokens/demo");
    }
    page().screenshot(new Page.ScreenshotOptions().setPath(Phone.PICTURES.resolve("swagger.png")));
  }

  /** The first request may fail on a busy machine, because the broker waits 5 s for TrackMage. */
  private static boolean hasToken(String callerToken) {
    var request = given().header("Authorization", "Bearer " + callerToken);
    return request.get("/tokens/demo").statusCode() == 200;
  }

  private void authorize(String callerToken) {
    page().locator(".auth-wrapper .authorize").click();
    var form = page().locator(".auth-container").filter(withText("callerToken"));
    assertThat(form.getByRole(AriaRole.LINK))
        .hasAttribute("href", "/sandbox/caller-token?subject=demo");
    form.locator("input").fill(callerToken);
    form.locator("button[type=submit]").click();
    page().locator(".auth-container button.btn-done").first().click();
  }

  private static Locator.FilterOptions withText(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }

  private Page page() {
    return phone.page();
  }

  private void press(String button) {
    page().getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(button)).first().click();
  }

  private String url(String host) {
    return "http://" + host + ":" + server.getPort() + "/";
  }
}
