package tokenbroker.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenbroker.sandbox.SandboxProfiles;
import tokenbroker.testing.MetricsReference;
import tokenbroker.testing.Scrape;

/** Proves what scrapers get from {@code /q/metrics}. */
@QuarkusTest
@TestProfile(SandboxProfiles.Configuring.class)
class MetricsQuarkusTest {

  private static final String SAMPLED = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  private static final String UNSAMPLED = "00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-00f067aa0ba902b7-00";
  private static final Pattern EXEMPLAR =
      Pattern.compile(
          "token_broker_request_duration_seconds_bucket\\{[^}]*} \\S+ # \\{trace_id=\"(\\w+)\"} \\S+ \\S+");

  private final HttpClient http = HttpClient.newHttpClient();

  @Inject MeterRegistry registry;

  @BeforeEach
  void serveSome() {
    var caller = given().get("/sandbox/caller-token").asString();
    for (var traceparent : List.of(UNSAMPLED, SAMPLED)) {
      given()
          .header("Authorization", "Bearer " + caller)
          .header("traceparent", traceparent)
          .get("/tokens/demo")
          .then()
          .statusCode(200);
    }
  }

  @Test
  void docsMetricsDescribesEveryMetric() {
    new Scrape(scrape("text/plain").body()).assertDescribedBy(MetricsReference.read());
  }

  /** Prometheus' client drops a meter whose name another one has with other labels. */
  @Test
  void oneNameHasTheSameLabelsEverywhere() {
    var labelsByName = new TreeMap<String, Set<List<String>>>();
    for (var meter : registry.getMeters()) {
      var id = meter.getId();
      labelsByName
          .computeIfAbsent(id.getName().replace('.', '_'), _ -> new HashSet<>())
          .add(id.getTags().stream().map(Tag::getKey).toList());
    }
    assertThat(labelsByName).containsKey("token_broker_connections");
    assertThat(labelsByName).allSatisfy((name, labels) -> assertThat(labels).hasSize(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          -                                                                    | text/plain
          */*                                                                  | text/plain
          text/*                                                               | text/plain
          text/plain                                                           | text/plain
          text/plain; version=0.0.4                                            | text/plain
          text/html,application/xhtml+xml,*/*;q=0.8                            | text/plain
          application/openmetrics-text                                         | application/openmetrics-text
          application/openmetrics-text; version=1.0.0                          | application/openmetrics-text
          application/openmetrics-text; version=1.0.0; charset=utf-8           | application/openmetrics-text
          application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1           | application/openmetrics-text
          application/openmetrics-text;version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1 | application/openmetrics-text
          application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1 | application/openmetrics-text
          text/plain;q=0.5, application/openmetrics-text;q=0.3                 | text/plain
          application/openmetrics-text;q=0, */*                                | text/plain
          garbage                                                              | text/plain
          """)
  void theFormatIsWhatTheScraperPrefers(String accept, String expected) {
    var scraped = scrape(accept);

    assertThat(scraped.statusCode()).isEqualTo(200);
    assertThat(scraped.headers().firstValue("Content-Type").orElseThrow()).startsWith(expected);
    assertThat(scraped.headers().firstValue("Vary"))
        .hasValueSatisfying(vary -> assertThat(vary).isEqualToIgnoringCase("accept"));
    if (expected.equals("text/plain")) {
      assertThat(scraped.headers().firstValue("Content-Type").orElseThrow())
          .contains("version=0.0.4");
      assertThat(scraped.body()).doesNotContain("# EOF", "# {");
    } else {
      OpenMetricsText.check(scraped.body());
    }
  }

  @Test
  void aSeriesReadsAlikeInBothFormats() {
    var series =
        Pattern.compile(
            "(?m)^token_broker_upstream_requests_total\\{client=\"demo\",result=\"ok\"} \\d");

    assertThat(scrape("text/plain").body()).containsPattern(series).doesNotContain(",}");
    assertThat(scrape("application/openmetrics-text").body()).containsPattern(series);
  }

  @Test
  void aScraperThatAcceptsNeitherFormatGets406() {
    assertThat(scrape("image/png").statusCode()).isEqualTo(406);
  }

  @Test
  void slowRequestsLeadToTheirTraceAndUnrecordedTracesAreNotNamed() {
    var body = scrape("application/openmetrics-text; version=1.0.0").body();
    var traces = EXEMPLAR.matcher(body).results().map(found -> found.group(1)).toList();

    assertThat(traces).isNotEmpty().containsOnly("4bf92f3577b34da6a3ce929d0e0e4736");
    assertThat(body).doesNotContain("a".repeat(32));
  }

  /**
   * The registry must hold a strong reference to the source of each gauge of ours, because a weak
   * one would be cleared. Quarkus' own gauges are left out: all applications of a test JVM share
   * one registry, and the gauges of the JVM stay bound to the first application's sources.
   */
  @Test
  void everyGaugeKeepsItsValueWhenGarbageIsCollected() {
    var before = gauges();
    assertThat(before.keySet())
        .anyMatch(name -> name.startsWith("token_broker.connections.unsaved"));
    for (var i = 0; i < 3; i++) {
      System.gc();
    }
    var after = gauges();

    assertThat(before)
        .allSatisfy(
            (gauge, value) -> {
              if (!Double.isNaN(value)) {
                assertThat(after.getOrDefault(gauge, 0.0)).as(gauge).isNotNaN();
              }
            });
  }

  private Map<String, Double> gauges() {
    var values = new LinkedHashMap<String, Double>();
    for (var meter : registry.getMeters()) {
      if (meter instanceof Gauge gauge && meter.getId().getName().startsWith("token_broker.")) {
        values.put(named(meter), gauge.value());
      }
    }
    return values;
  }

  private static String named(Meter meter) {
    return meter.getId().getName() + meter.getId().getTags();
  }

  private HttpResponse<String> scrape(String accept) {
    var port = ConfigProvider.getConfig().getValue("quarkus.management.test-port", int.class);
    var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/q/metrics"));
    if (accept != null) {
      request.header("Accept", accept);
    }
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
