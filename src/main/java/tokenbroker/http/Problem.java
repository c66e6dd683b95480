package tokenbroker.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.jspecify.annotations.Nullable;

/**
 * An error as callers see it: {@code application/problem+json} (RFC 9457). It contains nothing that
 * the caller may not know: no upstream text, no exception. It never names a client that the caller
 * may not use.
 *
 * @param type {@code urn:token-broker:problem:<code>}
 * @param retryable whether the same request may succeed later
 * @param upstreamError the OAuth {@code error} that TrackMage returned; only with {@code
 *     upstream_rejected}
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
record Problem(
    String type,
    String title,
    int status,
    String detail,
    String code,
    boolean retryable,
    @JsonProperty("upstream_error") @Nullable String upstreamError,
    @JsonProperty("trace_id") String traceId) {

  Problem because(String upstreamError) {
    return new Problem(type, title, status, detail, code, retryable, upstreamError, traceId);
  }
}
