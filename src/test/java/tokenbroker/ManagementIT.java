package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Site;

/** Proves what scrapers and probes get from the packaged broker's management port. */
class ManagementIT {

  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  @RegisterExtension private static final Site SITE = new Site().inMemory().brokers(1);

  private static BrokerProcess broker;

  @BeforeAll
  static void start() {
    broker = SITE.broker(0);
  }

  /** A text parser cannot read OpenMetrics, so only scrapers that ask for OpenMetrics get it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          -
          */*
          text/*
          text/plain
          text/plain;version=0.0.4;q=1,*/*;q=0.1
          text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
          text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2
          text/plain;q=0.5,application/*
          text/plain;q=0.5,application/openmetrics-text;q=0.4
          application/openmetrics-text;q=0,*/*
          application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,text/plain;version=0.0.4;q=0.3
          garbage
          """)
  void metricsAreTextUnlessOpenMetricsIsPreferred(@Nullable String accept) {
    var scraped = scrape(accept);

    assertThat(scraped.statusCode()).isEqualTo(200);
    assertThat(scraped.headers().allValues("Content-Type")).containsExactly(TEXT);
    assertThat(scraped.body())
        .contains("token_broker_server_connections_limit")
        .doesNotContain("# EOF");
  }

  /**
   * The {@code Accept} headers of Prometheus 2.42, 2.53 and 3.5, and of 3.5 with native histograms.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
        "application/openmetrics-text",
        "text/plain;version=0.0.4,application/openmetrics-text;version=1.0.0",
        "application/openmetrics-text,*/*"
      })
  void aScraperThatPrefersOpenMetricsGetsIt(String accept) {
    var scraped = scrape(accept);

    assertThat(scraped.statusCode()).isEqualTo(200);
    assertThat(scraped.headers().allValues("Content-Type")).containsExactly(OPEN_METRICS);
    assertThat(scraped.body())
        .contains("token_broker_server_connections_limit")
        .endsWith("# EOF\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"image/png", "application/json", "application/*", "*/*;q=0"})
  void aScraperThatAcceptsNeitherFormatGetsAProblem(String accept) {
    var scraped = scrape(accept);

    assertThat(scraped.statusCode()).isEqualTo(406);
    assertThat(scraped.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(scraped.body()).contains("\"code\":\"not_acceptable\"");
  }

  @ParameterizedTest
  @CsvSource({
    "/q/metrics, POST", "/q/metrics, DELETE", "/q/metrics, TRACE", "/q/metrics, FROB",
    "/q/health, POST", "/q/health/live, PUT", "/q/health/ready, TRACE", "/q/health/started, FROB"
  })
  void otherMethodsAreRefusedWithTheOnesThatAreAllowed(String path, String method) {
    var answer = send(path, method);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).hasValue("GET, HEAD, OPTIONS");
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/q/metrics",
        "/q/health",
        "/q/health/live",
        "/q/health/ready",
        "/q/health/started"
      })
  void optionsAndHeadAreAnswered(String path) {
    var options = send(path, "OPTIONS");
    var head = send(path, "HEAD");

    assertThat(options.statusCode()).isEqualTo(204);
    assertThat(options.headers().firstValue("Allow")).hasValue("GET, HEAD, OPTIONS");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  @Test
  void aSlashAtTheEndMakesNoDifference() {
    var scraped = broker.send(HttpRequest.newBuilder(broker.managementUrl("/q/metrics/")).build());

    assertThat(scraped.statusCode()).isEqualTo(200);
    assertThat(scraped.headers().allValues("Content-Type")).containsExactly(TEXT);
    assertThat(send("/q/metrics/", "POST").statusCode()).isEqualTo(405);
  }

  @Test
  void aPathThatNobodyServesIsNotFound() {
    for (var path : new String[] {"/", "/q", "/q/metrics/x", "/q/health/x", "/tokens/acme"}) {
      var answer = send(path, "GET");

      assertThat(answer.statusCode()).as(path).isEqualTo(404);
      assertThat(answer.headers().firstValue("Content-Type"))
          .as(path)
          .hasValue("application/problem+json");
    }
  }

  @Test
  void healthAndMetricsAreNotWhereCallersAre() {
    assertThat(send("/q/health/live", "GET").statusCode()).isEqualTo(200);
    assertThat(send("/q/health/started", "GET").statusCode()).isEqualTo(200);
    assertThat(broker.get("/q/metrics", SITE.caller()).statusCode()).isEqualTo(404);
    assertThat(broker.get("/q/health", SITE.caller()).statusCode()).isEqualTo(404);
  }

  private static HttpResponse<String> scrape(@Nullable String accept) {
    var request = HttpRequest.newBuilder(broker.managementUrl("/q/metrics"));
    return broker.send((accept == null ? request : request.header("Accept", accept)).build());
  }

  private static HttpResponse<String> send(String path, String method) {
    return broker.send(
        HttpRequest.newBuilder(broker.managementUrl(path))
            .method(method, BodyPublishers.noBody())
            .build());
  }
}
