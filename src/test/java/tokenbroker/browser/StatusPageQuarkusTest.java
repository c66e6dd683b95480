package tokenbroker.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.vertx.http.HttpServer;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.sandbox.SandboxProfiles;

/** Proves that the operators' status page works in a browser. */
@QuarkusTest
@TestProfile(SandboxProfiles.Configuring.class)
@NeedsChromium
class StatusPageQuarkusTest {

  @RegisterExtension private static final Chromium CHROMIUM = new Chromium();

  @Inject HttpServer server;

  private final Phone phone = CHROMIUM.phone();

  @BeforeEach
  void use() {
    get("demo", "demo").then().statusCode(200);
    get("demo", "stranger").then().statusCode(403);
  }

  @Test
  void thePageIsForEverybody() {
    phone.open(status(""));
    phone.looksRight("status");
  }

  @Test
  void aClientAndItsCallersAreAClickAway() {
    phone.open(status("?sort=name"));
    page()
        .getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("demo").setExact(true))
        .click();
    assertThat(page()).hasURL(status("?client=demo"));
    assertThat(page().locator("#clients tbody tr")).hasCount(1);
    assertThat(page().locator("#clients")).containsText("ready");
    assertThat(page().locator("#clients")).containsText("demo (sandbox)");
    phone.looksRight("status-client");
  }

  @Test
  void theFilterFindsClientsByNameAndState() {
    phone.open(status(""));
    page().getByLabel("Name contains").fill("no such name");
    page().getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Show")).click();
    assertThat(page().getByText("No client matches.")).isVisible();
    page().getByLabel("Name contains").fill("DEM");
    page().getByLabel("State").selectOption("ready");
    page().getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Show")).click();
    assertThat(page().locator("#clients")).containsText("demo");
  }

  @Test
  void callersThatWereRefusedAreShown() {
    phone.open(status(""));
    var table = page().getByLabel("Callers refused in the last hour");
    assertThat(table).containsText("stranger");
    assertThat(table).containsText("forbidden");
  }

  @Test
  void thePageRefreshesItself() {
    phone.open(status("?client=demo"));
    var before = requests();
    get("demo", "demo").then().statusCode(200);
    await().until(() -> requests() > before);
    assertThat(page().locator("#stale")).isHidden();
  }

  @Test
  void thePageSaysThatItIsOldIfTheReplicaDoesNotAnswer() {
    phone.open(status(""));
    page().route("**/q/status", Route::abort);
    assertThat(page().locator("#stale")).isVisible();
  }

  private long requests() {
    return Long.parseLong(page().locator("#clients tbody td.number").nth(1).textContent());
  }

  private Response get(String client, String subject) {
    var jwt = given().get(broker() + "/sandbox/caller-token?subject=" + subject).asString();
    return given().header("Authorization", "Bearer " + jwt).get(broker() + "/tokens/" + client);
  }

  private Page page() {
    return phone.page();
  }

  private String broker() {
    return "http://127.0.0.1:" + server.getPort();
  }

  private String status(String query) {
    return "http://127.0.0.1:" + server.getManagementPort() + "/q/status" + query;
  }
}
