package tokenbroker.observability;

import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;
import tokenbroker.callers.CredentialForm;

/**
 * The sender of a request, for audit lines.
 *
 * @param caller null if unknown
 * @param address the remote address of the connection; or the client's address from the proxy, if
 *     the operator enabled {@code quarkus.http.proxy}
 * @param traceId the id of the request in the broker's log and answers
 * @param form the form of the caller's credential; null for a bearer token
 */
public record Requester(
    @Nullable Caller caller,
    @Nullable String address,
    @Nullable String traceId,
    @Nullable CredentialForm form) {

  public Requester(@Nullable Caller caller, @Nullable String address, @Nullable String traceId) {
    this(caller, address, traceId, null);
  }
}
