package tokenbroker.http;

import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /q/metrics}: the Prometheus text format, or OpenMetrics if the scraper prefers it.
 * This route comes before the framework's own. The framework's route answers 406 to a media type
 * with a version, and sends OpenMetrics if the scraper names no format.
 */
@ApplicationScoped
class MetricsRoute {

  private static final String PATH = "/q/metrics";

  /**
   * The comma with which the library ends each label list in the text format. It is legal, but it
   * surprises readers who search for a series by its text.
   */
  private static final Pattern LAST_COMMA = Pattern.compile("(?<=[^\\\\]\"),(?=} )");

  private static final int BEFORE_THE_FRAMEWORK = -1_000;
  private static final String TEXT = "text/plain";
  private static final String OPEN_METRICS = "application/openmetrics-text";

  private final CollectorRegistry collectors;
  private final RefusedRequests refusals;

  MetricsRoute(CollectorRegistry collectors, RefusedRequests refusals) {
    this.collectors = collectors;
    this.refusals = refusals;
  }

  /**
   * Produces the only collector registry. Otherwise the framework would inject a different one at
   * each injection point.
   */
  @Produces
  @Singleton
  static CollectorRegistry collectors() {
    return new CollectorRegistry(true);
  }

  /**
   * Registers the route. It also answers 404 below the path, where the framework would otherwise
   * send OpenMetrics.
   */
  void routes(@Observes ManagementInterface management) {
    var router = management.router();
    for (var method : List.of(HttpMethod.GET, HttpMethod.HEAD)) {
      router.route(method, PATH).order(BEFORE_THE_FRAMEWORK).blockingHandler(this::scrape, false);
    }
    router
        .route(PATH + "/*")
        .order(BEFORE_THE_FRAMEWORK + 1)
        .handler(request -> refusals.end(request, ProblemCode.NOT_FOUND));
  }

  private void scrape(RoutingContext request) {
    var response = request.response().putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
    var format = format(request.request().headers().getAll(HttpHeaders.ACCEPT));
    if (format == null) {
      refusals.end(request, ProblemCode.NOT_ACCEPTABLE);
      return;
    }
    var contentType =
        format.equals(TEXT) ? TextFormat.CONTENT_TYPE_004 : TextFormat.CONTENT_TYPE_OPENMETRICS_100;
    response.putHeader(HttpHeaders.CONTENT_TYPE, contentType).end(scraped(contentType));
  }

  /**
   * Returns the format to send, or null if none is acceptable. A parser of the text format cannot
   * read OpenMetrics. So a scraper gets OpenMetrics only if it names the type and prefers it at
   * least as much as text.
   */
  private static @Nullable String format(List<String> accept) {
    return Negotiation.names(accept, OPEN_METRICS)
        ? Negotiation.best(accept, OPEN_METRICS, TEXT)
        : Negotiation.best(accept, TEXT);
  }

  private String scraped(String contentType) {
    var samples = Collections.list(collectors.metricFamilySamples());
    samples.replaceAll(MetricsRoute::withExemplarsWhereTheyMayBe);
    var text = new StringWriter();
    try {
      TextFormat.writeFormat(contentType, text, Collections.enumeration(samples));
    } catch (IOException e) {
      throw new UncheckedIOException("a StringWriter failed", e);
    }
    return LAST_COMMA.matcher(text.getBuffer()).replaceAll("");
  }

  /**
   * Removes the exemplars that OpenMetrics 1.0 does not allow. It allows them only on buckets and
   * counters, but Micrometer also puts one on {@code _count}. A strict parser would reject the
   * whole scrape.
   */
  private static MetricFamilySamples withExemplarsWhereTheyMayBe(MetricFamilySamples family) {
    return family.type == Collector.Type.COUNTER
            || family.samples.stream().noneMatch(MetricsRoute::isAstray)
        ? family
        : new MetricFamilySamples(
            family.name,
            family.unit,
            family.type,
            family.help,
            family.samples.stream().map(MetricsRoute::withoutStrayExemplar).toList());
  }

  private static Sample withoutStrayExemplar(Sample sample) {
    return isAstray(sample)
        ? new Sample(
            sample.name, sample.labelNames, sample.labelValues, sample.value, sample.timestampMs)
        : sample;
  }

  private static boolean isAstray(Sample sample) {
    return sample.exemplar != null && !sample.name.endsWith("_bucket");
  }
}
