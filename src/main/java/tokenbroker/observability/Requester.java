package tokenbroker.observability;

import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;

/**
 * Who sent a request, as audit lines have it.
 *
 * @param caller null if it is not known
 * @param address of the other end of the connection; of the client, as a proxy gave it, if the
 *     operator has switched {@code quarkus.http.proxy} on
 * @param traceId by which the broker's log and its answers call the request
 */
public record Requester(
    @Nullable Caller caller, @Nullable SocketAddress address, @Nullable String traceId) {}
