package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.ScriptedUpstream;

/** The packaged broker under the locale that most containers have. */
class LocaleIT {

  @TempDir Path directory;

  @Test
  void auditAndLogKeepEveryLetterUnderTheCLocale() {
    var issuer = new CallerTokens("k1");
    try (var upstream = ScriptedUpstream.start()) {
      var files = new BrokerFiles(directory).callerKeys(issuer).credentials("acme", "id", "secret");
      var right =
          """
          upstreams: { test: { base-url: "%s" } }
          clients:
            acme: { upstream: test, callers: [ { issuer: test, group: all } ] }
          """
              .formatted(upstream.url());
      files.clients(right);
      try (var broker =
          BrokerProcess.with(files)
              .with("broker.store", "memory")
              .with("broker.clients.reload-every", "100ms")
              .environment("LC_ALL", "C")
              .start()) {
        for (var subject : List.of("ü", "ö")) {
          var jwt = issuer.token(subject, Map.of("groups", "all"));
          assertThat(broker.get("/tokens/acme", jwt).statusCode()).isEqualTo(200);
        }
        await()
            .untilAsserted(
                () ->
                    assertThat(broker.output())
                        .contains("\"subject\":\"\\u00FC\"", "\"subject\":\"\\u00F6\""));

        files.clients(right + "  Zürich: {}\n");
        await().until(() -> broker.output().contains("Zürich"));
      }
    }
  }

  @Test
  void aRefusedStartKeepsEveryLetterUnderTheCLocale() {
    var files = new BrokerFiles(directory).callerKeys(new CallerTokens("k1"));
    files.clients("clients: { Zürich: {} }");
    try (var broker = BrokerProcess.with(files).environment("LC_ALL", "C").launch()) {
      assertThat(broker.exitCode()).isNotZero();
      assertThat(broker.output()).contains("Zürich");
    }
  }
}
