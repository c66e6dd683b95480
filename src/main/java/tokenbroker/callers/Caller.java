package tokenbroker.callers;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A verified caller.
 *
 * @param issuer the configured name of the issuer, not its {@code iss}
 * @param subject the {@code sub} claim (RFC 7519 §4.1.2), never empty
 * @param groups the {@code groups} claim; empty if the JWT has none
 * @param jwtId the {@code jti} claim, cut to a bounded length; null if the JWT has none
 */
public record Caller(String issuer, String subject, Set<String> groups, @Nullable String jwtId) {
  public Caller {
    groups = Set.copyOf(groups);
  }

  public Caller(String issuer, String subject, Set<String> groups) {
    this(issuer, subject, groups, null);
  }

  /** Returns the caller without its JWT id, so that all of its JWTs count as the same caller. */
  public Caller withoutJwtId() {
    return new Caller(issuer, subject, groups);
  }
}
