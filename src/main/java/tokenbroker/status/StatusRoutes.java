package tokenbroker.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.function.BiConsumer;
import tokenbroker.http.RefusedRequests;
import tokenbroker.pages.Page;

/**
 * {@code GET /q/status} and {@code GET /q/status.json} on the management port. Both need no login:
 * whoever may reach that port may read them.
 */
@ApplicationScoped
class StatusRoutes {

  private static final String PATH = "/q/status";

  private final StatusReport report;
  private final RefusedRequests refusals;
  private final ObjectWriter json;

  StatusRoutes(StatusReport report, RefusedRequests refusals, ObjectMapper json) {
    this.report = report;
    this.refusals = refusals;
    this.json =
        json.copy()
            .configure(EnumFeature.WRITE_ENUMS_TO_LOWERCASE, true)
            .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .writerWithDefaultPrettyPrinter();
  }

  void routes(@Observes ManagementInterface management) {
    var router = management.router();
    for (var method : List.of(HttpMethod.GET, HttpMethod.HEAD)) {
      router.route(method, PATH).blockingHandler(answering(this::page), false);
      router.route(method, PATH + ".json").blockingHandler(answering(this::json), false);
    }
  }

  private Handler<RoutingContext> answering(BiConsumer<RoutingContext, StatusQuery> answer) {
    return request -> {
      try {
        request.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        answer.accept(request, StatusQuery.of(request.queryParams()));
      } catch (StatusQuery.Malformed e) {
        refusals.endMalformed(request, e.allowed);
      }
    };
  }

  private void page(RoutingContext request, StatusQuery query) {
    request
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, Page.CONTENT_TYPE)
        .putHeader("Content-Security-Policy", StatusPage.POLICY)
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("X-Content-Type-Options", "nosniff")
        .end(new StatusPage(report.collect(query), query).html());
  }

  private void json(RoutingContext request, StatusQuery query) {
    try {
      request
          .response()
          .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
          .end(json.writeValueAsString(report.collect(query)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the status could not be written as JSON", e);
    }
  }
}
