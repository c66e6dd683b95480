package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.Site;

/**
 * Proves that the packaged broker handles all letters under the C locale, which most containers
 * have.
 */
class LocaleIT {

  @RegisterExtension private final Site site = new Site().inMemory();

  @Test
  void auditAndLogKeepEveryLetterUnderTheCLocale() {
    site.files().credentials("acme", "id", "secret");
    var right =
        """
        upstreams: { test: { base-url: "%s" } }
        clients:
          acme: { upstream: test, callers: [ { issuer: test, group: all } ] }
        """
            .formatted(site.upstream().url());
    site.files().clients(right);
    try (var broker =
        site.settings()
            .with("broker.clients.reload-every", "100ms")
            .environment("LC_ALL", "C")
            .start()) {
      for (var subject : List.of("ü", "ö")) {
        var jwt = site.issuer().token(subject, Map.of("groups", "all"));
        assertThat(broker.get("/tokens/acme", jwt).statusCode()).isEqualTo(200);
      }
      broker.awaitOutput("\"subject\":\"\\u00FC\"", "\"subject\":\"\\u00F6\"");

      site.files().clients(right + "  Zürich: {}\n");
      broker.awaitOutput("Zürich");
    }
  }

  @Test
  void aRefusedStartKeepsEveryLetterUnderTheCLocale() {
    site.files().clients("clients: { Zürich: {} }");
    try (var broker = site.settings().environment("LC_ALL", "C").launch()) {
      assertThat(broker.exitCode()).isNotZero();
      assertThat(broker.output()).contains("Zürich");
    }
  }
}
