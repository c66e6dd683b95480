package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Browser;
import tokenbroker.testing.ConnectedSite;
import tokenbroker.testing.RawConnection;
import tokenbroker.testing.TrackMageUsers;

/** Proves that the addresses open to every browser withstand any input. */
class CallbackIT {

  private static final String STATE = "$STATE";

  @RegisterExtension private static final ConnectedSite SITE = new ConnectedSite().brokers(1);

  private static BrokerProcess broker;

  @BeforeAll
  static void start() {
    broker = SITE.broker(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "state=$STATE",
        "code=code-of-x",
        "state=&code=code-of-x",
        "state=$STATE&code=",
        "state=$STATE&code=code-of-x&code=code-of-y",
        "state=$STATE&state=$STATE&code=code-of-x",
        "state=$STATE&code=code-of-x&error=access_denied",
        "state=$STATE&error=",
        "state=$STATE&error=a&error=b",
        "state=acme.AAAAAAAAAAAAAAAAAAAAAA&code=code-of-x",
        "state=gone.AAAAAAAAAAAAAAAAAAAAAA&code=code-of-x",
        "state=ACME.AAAAAAAAAAAAAAAAAAAAAA&code=code-of-x",
        "state=acme&code=code-of-x",
        "state=%3Cscript%3E&code=%3Cscript%3E",
        "state=$STATE&code=%00%01",
      })
  void whatIsNoCallbackGetsAReadablePageAndUsesNothingUp(String query) {
    try (var browser = new Browser()) {
      var state = state(browser);
      var before = SITE.upstream().count();
      var page = browser.get(broker.url("/oauth/callback?" + query.replace(STATE, state)));

      assertReadable(page);
      assertThat(SITE.upstream().count()).isEqualTo(before);
      assertThat(callback(browser, state, "code=" + TrackMageUsers.code("x")).statusCode())
          .isEqualTo(303);
    }
  }

  @Test
  void anOverlongCodeGetsAPage() {
    try (var browser = new Browser()) {
      assertReadable(callback(browser, state(browser), "code=" + "x".repeat(3_000)));
    }
  }

  @Test
  void aBrokenEscapeIsNoServerError() {
    try (var connection = new RawConnection(broker.port())) {
      connection.send("GET /oauth/callback?state=%zz&code=%zz HTTP/1.0\r\n\r\n");

      assertThat(connection.rest())
          .startsWith("HTTP/1.1 400 ")
          .doesNotContain("Exception", "at io.");
    }
  }

  @Test
  void aRedirectLeavesNoTraceOfItself() {
    try (var browser = new Browser()) {
      var back = callback(browser, state(browser), "code=" + TrackMageUsers.code("alice"));

      assertThat(back.statusCode()).isEqualTo(303);
      assertThat(back.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
      assertThat(back.headers().firstValue("Cache-Control")).hasValue("no-store");
    }
  }

  @Test
  void anotherBrowserCanNeitherFollowTheLinkNorEndIt() {
    try (var owner = new Browser();
        var thief = new Browser()) {
      var address = SITE.address(broker, SITE.begin(broker, "acme", "s"));
      var consent = owner.get(address);
      var state = Browser.query(Browser.location(consent)).get("state");

      assertReadable(thief.get(address));
      assertReadable(callback(thief, state, "code=" + TrackMageUsers.code("thief")));
      assertThat(owner.get(address).statusCode()).isEqualTo(302);
      assertThat(callback(owner, state, "code=" + TrackMageUsers.code("owner")).statusCode())
          .isEqualTo(303);
    }
  }

  @Test
  void anAuthorizationEndsAfterTenMinutes() {
    try (var browser = new Browser()) {
      var state = state(browser);
      var key = "token-broker:{acme}:authorization:" + state.split("\\.", -1)[1];
      var left = Long.parseLong(SITE.redis().command("PTTL " + key).substring(1));

      assertThat(left).isBetween(1L, 600_000L);
      SITE.redis().command("DEL " + key);
      assertReadable(callback(browser, state, "code=" + TrackMageUsers.code("late")));
    }
  }

  @Test
  void aCodeThatTheUpstreamRefusesComesBackAsAnError() {
    try (var browser = new Browser()) {
      var back = callback(browser, state(browser), "code=unknown");

      assertThat(Browser.query(Browser.location(back)))
          .containsEntry("error", "server_error")
          .containsEntry("state", "s");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/connect/x", "/connect/acme.AAAAAAAAAAAAAAAAAAAAAA"})
  void aLinkThatIsNoneGetsAPage(String path) {
    try (var browser = new Browser()) {
      assertReadable(browser.get(broker.url(path)));
    }
  }

  @Test
  void aPathThatMayBeReadInTwoWaysGetsAPage() {
    try (var browser = new Browser()) {
      assertReadable(browser.get(broker.url("/connect/..%2f")), 404);
    }
  }

  @Test
  void withoutAPublicAddressThereIsNoFlow() {
    try (var off =
            BrokerProcess.with(SITE.files())
                .with("quarkus.redis.hosts", SITE.redis().url())
                .start();
        var browser = new Browser()) {
      assertThat(SITE.begin(off, "acme", "s").statusCode()).isEqualTo(404);
      assertThat(browser.get(off.url("/connect/acme.AAAAAAAAAAAAAAAAAAAAAA")).statusCode())
          .isEqualTo(404);
      assertThat(browser.get(off.url("/oauth/callback?state=a&code=b")).statusCode())
          .isEqualTo(404);
    }
  }

  /** Starts a connection; the browser is then on TrackMage's consent page. Returns its state. */
  private static String state(Browser browser) {
    var consent = browser.get(SITE.address(broker, SITE.begin(broker, "acme", "s")));
    return Objects.requireNonNull(Browser.query(Browser.location(consent)).get("state"));
  }

  private static HttpResponse<String> callback(Browser browser, String state, String outcome) {
    return browser.get(broker.url("/oauth/callback?state=" + state + "&" + outcome));
  }

  private static void assertReadable(HttpResponse<String> page) {
    assertReadable(page, 400);
  }

  private static void assertReadable(HttpResponse<String> page, int status) {
    assertThat(page.statusCode()).isEqualTo(status);
    assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'none'");
    assertThat(page.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
    assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(page.headers().firstValue("Location")).isEmpty();
    assertThat(page.body())
        .contains(
            "<html lang=\"en\">",
            "<h1>",
            "viewport",
            "Go back to the application that sent you here")
        .doesNotContain("script", "code-of-", "Exception");
  }
}
