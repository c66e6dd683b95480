package tokenbroker.callers;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A verified caller.
 *
 * @param issuer the configured name of the issuer, not its {@code iss}
 * @param subject the {@code sub} claim (RFC 7519 §4.1.2), never empty
 * @param groups the {@code groups} claim, empty where there is none
 * @param jwtId the {@code jti} claim, cut to a bounded length; null where there is none
 */
public record Caller(String issuer, String subject, Set<String> groups, @Nullable String jwtId) {
  public Caller {
    groups = Set.copyOf(groups);
  }

  public Caller(String issuer, String subject, Set<String> groups) {
    this(issuer, subject, groups, null);
  }

  /** The same caller, whichever of its JWTs it brings. */
  public Caller withoutJwtId() {
    return new Caller(issuer, subject, groups);
  }
}
