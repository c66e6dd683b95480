package tokenbroker.sandbox.home;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.vertx.http.HttpServer;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.sandbox.SandboxProfiles;
import tokenbroker.testing.RawConnection;

/** Proves that the start page fits the address by which it was requested. */
@QuarkusTest
@TestProfile(SandboxProfiles.Configuring.class)
class HomeQuarkusTest {

  @Inject HttpServer server;

  @ParameterizedTest
  @CsvSource({
    "box.example:18080, http://box.example:18080, http://box.example",
    "box.example, http://box.example, http://box.example",
    "[::1]:8080, http://[::1]:8080, http://[::1]",
  })
  void commandsAndLinksNameTheHostThatWasAsked(String host, String url, String management) {
    assertThat(pageFor(host))
        .contains(" " + url + "/tokens/demo</code>")
        .contains("href=\"" + management + ":" + server.getManagementPort() + "/q/health\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a$(id)", "a`id`", "a;id", "a'b", "a<b>", "a b", "a|b", "$HOME:80"})
  void aHostThatIsNoneReachesNoCommand(String host) {
    assertThat(pageFor(host)).startsWith("HTTP/1.1 ").doesNotContain(host);
  }

  @Test
  void theScriptIsAllowedByItsHashAlone() {
    assertThat(
            pageFor("localhost")
                .lines()
                .filter(line -> line.startsWith("Content-Security-Policy: ")))
        .singleElement()
        .asString()
        .matches(".*; script-src 'sha256-[\\w+/=]{44}'");
  }

  private String pageFor(String host) {
    try (var connection = new RawConnection(server.getPort())) {
      return connection
          .send("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
          .rest();
    }
  }
}
