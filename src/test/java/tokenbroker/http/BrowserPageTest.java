package tokenbroker.http;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tokenbroker.browser.Chromium;
import tokenbroker.browser.NeedsChromium;

/** Proves that a browser displays each page, with the headers that the broker sends. */
@NeedsChromium
class BrowserPageTest {

  @RegisterExtension private static final Chromium CHROMIUM = new Chromium();

  private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

  private static HttpServer server;

  @BeforeAll
  static void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", BrowserPageTest::answer);
    server.start();
  }

  @AfterAll
  static void stop() {
    server.stop(0);
  }

  @ParameterizedTest
  @EnumSource
  void everyPageIsForEverybody(BrowserPage page) {
    var phone = CHROMIUM.phone();
    phone.open("http://127.0.0.1:" + server.getAddress().getPort() + "/" + page.name());
    phone.looksRight("broker-" + page.name().toLowerCase(Locale.ROOT));
    assertThat(phone.page().locator("script")).hasCount(0);
    assertThat(phone.page().locator(".card p")).hasCount(2);
    assertThat(phone.page().locator("main")).containsText("send this reference");
    assertThat(phone.page().locator("code")).hasText(TRACE_ID);
    // Otherwise the content security policy has blocked the style sheet.
    assertThat(phone.page().locator("body")).hasCSS("margin", "0px");
  }

  private static void answer(HttpExchange verified) throws IOException {
    try (verified) {
      var page =
          BrowserPage.valueOf(verified.getRequestURI().getPath().substring(1)).response(TRACE_ID);
      var body = page.getEntity().toString().getBytes(UTF_8);
      page.getStringHeaders().forEach(verified.getResponseHeaders()::put);
      verified.sendResponseHeaders(page.getStatus(), body.length);
      verified.getResponseBody().write(body);
    }
  }
}
