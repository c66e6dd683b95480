package tokenbroker.trackmage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tokenbroker.clients.ClientDirectory.Entry;
import tokenbroker.clients.Upstream.RequestStyle;
import tokenbroker.testing.Answer;
import tokenbroker.testing.ScriptedUpstream;

class UpstreamMetricsTest {

  private final ScriptedUpstream upstream = ScriptedUpstream.start();
  private final SourceUnderTest under = SourceUnderTest.patient();

  @AfterEach
  void close() {
    under.close();
    upstream.close();
  }

  @Test
  void everyRequestIsCountedAndTimed() {
    upstream.answer(
        exchange ->
            (exchange.request().method().equals("GET") ? Answer.token() : Answer.html(405))
                .send(exchange));
    under.fetch(SourceUnderTest.client(upstream.url()));
    under.fetch(SourceUnderTest.client(upstream.url(), RequestStyle.QUERY));

    assertThat(under.requests("acme")).isEqualTo(Map.of("ok", 2.0, "http_4xx", 1.0));
    var timer =
        under.registry.get("token_broker.upstream.duration").tag("upstream", "production").timer();
    assertThat(timer.count()).isEqualTo(3);
    assertThat(timer.takeSnapshot().histogramCounts()).hasSize(10);
  }

  @Test
  void aForgottenClientLeavesNoSeriesBehind() {
    var acme = SourceUnderTest.client(upstream.url());
    var neighbour = SourceUnderTest.client("neighbour", acme.upstream(), null);
    under.clients.replaceAll(List.of(new Entry(acme, null), new Entry(neighbour, null)));
    under.fetch(acme);
    under.fetch(neighbour);

    under.clients.replaceAll(List.of(new Entry(neighbour, null)));

    assertThat(under.requests("acme")).isEmpty();
    assertThat(under.requests("neighbour")).isEqualTo(Map.of("ok", 1.0));
  }

  @Test
  void aRequestThatOutlivesItsClientDoesNotBringItsSeriesBack() {
    var acme = SourceUnderTest.client(upstream.url());
    under.fetch(acme);
    under.clients.replaceAll(List.of());
    under.fetch(acme);

    assertThat(under.requests("acme")).isEmpty();
  }
}
