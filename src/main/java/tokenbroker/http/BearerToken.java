package tokenbroker.http;

import org.jspecify.annotations.Nullable;

/** Parses the {@code Authorization} header of RFC 6750 §2.1. */
final class BearerToken {

  private static final String SCHEME = "bearer ";

  private BearerToken() {}

  /** Returns the token, or null if the header is missing or names another scheme. */
  static @Nullable String of(@Nullable String authorization) {
    return authorization != null
            && authorization.length() > SCHEME.length()
            && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? authorization.substring(SCHEME.length()).strip()
        : null;
  }
}
