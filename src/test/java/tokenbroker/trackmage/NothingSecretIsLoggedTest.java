package tokenbroker.trackmage;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tokenbroker.clients.Upstream.RequestStyle;
import tokenbroker.testing.Answer;
import tokenbroker.testing.ScriptedUpstream;

class NothingSecretIsLoggedTest {

  private final List<String> said = new ArrayList<>();

  @Test
  void neitherSecretNorTokenNorClientIdIsEverWrittenDown() {
    try (var log = new LogCapture();
        var upstream = ScriptedUpstream.start()) {
      for (var style : RequestStyle.values()) {
        upstream.answer(Answer.token(Map.of("user_email", "owner@shop.example")));
        fetch("30s", upstream.url(), style);
        Stream.concat(UpstreamFailureTest.failures(), UpstreamFailureTest.oddHeads())
            .forEach(
                failure -> {
                  upstream.answer((Answer) failure.get()[0]);
                  fetch("30s", upstream.url(), style);
                });
        fetch("30s", URI.create("http://no-such-host.invalid"), style);
        fetch("30s", URI.create("http://127.0.0.1:1"), style);
        fetch("30s", URI.create("https://127.0.0.1:" + upstream.port()), style);
        upstream.answer(Answer.trickle());
        fetch("100ms", upstream.url(), style);
      }

      assertThat(log.lines()).as("there is something to check").isNotEmpty();
      said.addAll(log.lines());
      assertThat(said)
          .noneMatch(line -> line.contains("secret-of-acme"))
          .noneMatch(line -> line.contains("id-of-acme"))
          .noneMatch(line -> line.contains("owner@shop"))
          .noneMatch(line -> line.contains("tm.cut"));
      assertThat(upstream.issuedTokens())
          .isNotEmpty()
          .noneMatch(token -> said.stream().anyMatch(line -> line.contains(token)));
    }
  }

  /** Fetches with a new source each time, so that no breaker is open. */
  private void fetch(String timeLimit, URI url, RequestStyle style) {
    try (var under = SourceUnderTest.with(Map.of("broker.upstream.timeout", timeLimit))) {
      said.add(under.fetch(SourceUnderTest.client(url, style)).toString());
      under.registry.getMeters().forEach(meter -> said.add(meter.getId().toString()));
    }
  }
}
