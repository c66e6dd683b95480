package tokenbroker.server;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The form of the answer to a request that never reaches the REST API. */
public interface RefusalForm {

  /**
   * Returns the answer to a refused request.
   *
   * @param path as sent; null if unknown
   * @param traceparent as sent; null if unknown
   */
  Answer answer(int status, @Nullable String path, @Nullable String traceparent);

  /** The header fields and the body of an answer. */
  record Answer(Map<String, String> headers, String body) {}
}
