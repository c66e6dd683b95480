package tokenbroker.callers;

import java.util.Set;

/**
 * A verified caller.
 *
 * @param issuer the configured name of the issuer, not its {@code iss}
 * @param subject the {@code sub} claim (RFC 7519 §4.1.2), never empty
 * @param groups the {@code groups} claim, empty where there is none
 */
public record Caller(String issuer, String subject, Set<String> groups) {
  public Caller {
    groups = Set.copyOf(groups);
  }
}
