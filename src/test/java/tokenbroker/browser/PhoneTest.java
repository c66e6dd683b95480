package tokenbroker.browser;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves that the checks of pages find the faults that they look for. */
@NeedsChromium
class PhoneTest {

  private static final String GOOD =
      """
      <!DOCTYPE html>
      <html lang="en"><head><title>A page</title>
      <meta name="viewport" content="width=device-width">
      <meta http-equiv="Content-Security-Policy" content="script-src 'none'">
      <link rel="icon" href="data:,">
      <style>button { height: 44px } :focus-visible { outline: 3px solid }</style></head>
      <body><main><h1>A page</h1><p>Text</p><a href="/?from">on</a><button>Press</button></main></body></html>
      """;

  @RegisterExtension private static final Chromium CHROMIUM = new Chromium();

  private static HttpServer server;
  private static volatile String html = GOOD;

  private final Phone phone = CHROMIUM.phone();

  @BeforeAll
  static void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            var bytes = html.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
          }
        });
    server.start();
  }

  @AfterAll
  static void stop() {
    server.stop(0);
  }

  @Test
  void aGoodPageIsFoundGood() {
    show(GOOD);
    phone.looksRight("test");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          <html lang="en">       | <html>                                     | en
          <title>A page</title>  | <title> </title>                           | not blank
          <h1>A page</h1>        | <h1>A</h1><h1>B</h1>                       | h1 headings
          <main>                 | <div>                                      | main
          <h1>A page</h1>        | <h1>A page</h1><script src="/x"></script>  | scripts from elsewhere
          <button>               | <input><button>                            | fields without a label
          <button>               | <p style="width: 500px">x</p><button>      | width of the page
          height: 44px           | height: 20px                               | too small for a thumb
          <button>               | <button tabindex="-1">                     | element with the focus
          <button>               | <button tabindex="1">                      | element with the focus
          <button>               | <p contenteditable>Text</p><button>        | elements that Tab reaches
          outline: 3px solid     | outline: none                              | focus is visible
          <button>               | <button onclick="x()">                     | Content Security Policy
          <button>               | <p style="color: #999">Text</p><button>    | color-contrast
          outline: 3px solid }   | outline: 3px solid } @media (prefers-color-scheme: dark) { p { color: #999 } } | color-contrast
          <button>               | <img src="http://elsewhere.invalid/x" alt=""><button> | asked elsewhere: http://elsewhere.invalid/x
          """)
  void aPageThatIsNotRightIsFoundOut(String part, String other, String complaint) {
    show(GOOD.replace(part, other));
    assertThatThrownBy(() -> phone.looksRight("test"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(complaint);
  }

  @Test
  void aPageThatTellsWhereItsVisitorsCameFromIsFoundOut() {
    show(GOOD);
    phone.page().getByText("on").click();
    phone.page().getByText("on").click();
    assertThatThrownBy(() -> phone.looksRight("test"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("told where it came from");
  }

  private void show(String page) {
    html = page;
    phone.open("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }
}
