package tokenbroker.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.arc.Unremovable;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tokenbroker.server.RefusalForm;

/**
 * The answers to requests that are refused before they reach a resource. The answer is a page if a
 * person may be looking, else a problem. It contains nothing from the request.
 */
@Singleton
@Unremovable
public class RefusedRequests implements RefusalForm {

  private final ObjectMapper json;
  private final PublicHost publicHost;

  RefusedRequests(ObjectMapper json, PublicHost publicHost) {
    this.json = json;
    this.publicHost = publicHost;
  }

  @Override
  public Answer answer(int status, @Nullable String path, @Nullable String traceparent) {
    var code = ProblemCode.refusal(status);
    if (path != null && OAuthTokenEndpoint.isOAuth(path)) {
      return oauthError(code, traceparent);
    }
    if (path == null || !BrowserPaths.has(path)) {
      return problem(code, traceparent);
    }
    var page = code == ProblemCode.NOT_FOUND ? BrowserPage.NOT_FOUND : BrowserPage.MALFORMED;
    return publicHost.guarded(page.answer(TraceId.of(traceparent)));
  }

  /** Ends a request with a problem, or with an OAuth error if its path is below /oauth2/. */
  void end(RoutingContext request, ProblemCode code) {
    var traceparent = request.request().getHeader("traceparent");
    var path = request.request().path();
    var isOAuth = path != null && OAuthTokenEndpoint.isOAuth(path);
    end(request, code.status, isOAuth ? oauthError(code, traceparent) : problem(code, traceparent));
  }

  /** Ends a request that is malformed, with a problem whose detail says what is allowed. */
  public void endMalformed(RoutingContext request, String detail) {
    var code = ProblemCode.INVALID_REQUEST;
    var traceId = TraceId.of(request.request().getHeader("traceparent"));
    end(request, code.status, problem(code.problem(detail, traceId)));
  }

  /** Ends a request with a page if a person may be looking, else with a problem. */
  void endReadably(RoutingContext request, ProblemCode code) {
    var traceparent = request.request().getHeader("traceparent");
    end(request, code.status, answer(code.status, request.request().path(), traceparent));
  }

  /**
   * Ends a malformed request, for example one without a valid {@code Host}. That is the caller's
   * fault, so the broker does not log it.
   */
  void endIfMalformed(RoutingContext request) {
    if (request.statusCode() == ProblemCode.INVALID_REQUEST.status) {
      endReadably(request, ProblemCode.INVALID_REQUEST);
    } else {
      request.next();
    }
  }

  private static void end(RoutingContext request, int status, Answer answer) {
    var response = request.response().setStatusCode(status);
    answer.headers().forEach(response::putHeader);
    response.end(Buffer.buffer(answer.body()));
  }

  private Answer oauthError(ProblemCode code, @Nullable String traceparent) {
    var refusal = OAuthRefusal.of(code, null);
    return new Answer(
        OAuthTokenEndpoint.headers(refusal), json(refusal.view(TraceId.of(traceparent))));
  }

  private Answer problem(ProblemCode code, @Nullable String traceparent) {
    return problem(code.problem(TraceId.of(traceparent)));
  }

  private Answer problem(Problem problem) {
    return new Answer(
        Map.of(
            "Content-Type", ProblemResponses.PROBLEM_JSON.toString(), "Cache-Control", "no-store"),
        json(problem));
  }

  private String json(Object body) {
    try {
      return json.writeValueAsString(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a refusal could not be written as JSON", e);
    }
  }
}
