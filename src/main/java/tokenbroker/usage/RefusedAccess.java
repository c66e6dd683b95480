package tokenbroker.usage;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Requests of the last hour that were refused for the same reason.
 *
 * @param issuer the configured name of the issuer; {@code unknown} if no configured issuer matches
 * @param subject null if the caller was not authenticated
 * @param client the requested client, which need not exist; null if the request named none
 * @param reason a word, such as {@code forbidden}, {@code rate_limited} or {@code expired}
 * @param detail what the last such request had and what the broker requires; null if the reason
 *     says it all. It quotes no JWT
 * @param last when the last such request arrived
 */
@RegisterForReflection
public record RefusedAccess(
    String issuer,
    @Nullable String subject,
    @Nullable String client,
    String reason,
    @Nullable String detail,
    long requests,
    Instant last) {}
