package tokenbroker.server;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a request is answered that the REST surface never sees. */
public interface RefusalForm {

  /**
   * Returns the answer.
   *
   * @param path as it was sent; null if it is not known
   * @param traceparent as it was sent; null if it is not known
   */
  Answer answer(int status, @Nullable String path, @Nullable String traceparent);

  /** The header fields and the body of an answer. */
  record Answer(Map<String, String> headers, String body) {}
}
