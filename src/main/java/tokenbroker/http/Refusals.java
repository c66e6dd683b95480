package tokenbroker.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.arc.Unremovable;
import jakarta.inject.Singleton;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tokenbroker.server.RefusalForm;

/**
 * What is answered ahead of the resources: a problem, or a page where a person is looking. Nothing
 * of the request is in it.
 */
@Singleton
@Unremovable
class Refusals implements RefusalForm {

  private final ObjectMapper json;
  private final PublicHost publicHost;

  Refusals(ObjectMapper json, PublicHost publicHost) {
    this.json = json;
    this.publicHost = publicHost;
  }

  @Override
  public Answer answer(int status, @Nullable String path, @Nullable String traceparent) {
    return path != null && BrowserPaths.has(path)
        ? publicHost.guarded(Page.MALFORMED.answer())
        : problem(ProblemCode.refusal(status), traceparent);
  }

  Answer problem(ProblemCode code, @Nullable String traceparent) {
    try {
      return new Answer(
          Map.of("Content-Type", Problems.PROBLEM_JSON.toString(), "Cache-Control", "no-store"),
          json.writeValueAsString(code.problem(TraceId.of(traceparent))));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a problem that is no JSON", e);
    }
  }
}
