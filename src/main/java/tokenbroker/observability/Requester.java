package tokenbroker.observability;

import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;

/**
 * The sender of a request, for audit lines.
 *
 * @param caller null if unknown
 * @param address the remote address of the connection; or the client's address from the proxy, if
 *     the operator enabled {@code quarkus.http.proxy}
 * @param traceId the id of the request in the broker's log and answers
 */
public record Requester(
    @Nullable Caller caller, @Nullable SocketAddress address, @Nullable String traceId) {}
