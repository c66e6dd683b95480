package tokenbroker.http;

import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** Parses the {@code Authorization} header of RFC 6750 §2.1. */
final class BearerToken {

  private static final String SCHEME = "bearer ";

  private BearerToken() {}

  /** Returns the token, or null if the header is missing or names another scheme. */
  static @Nullable String of(@Nullable String authorization) {
    var token = of((CharSequence) authorization);
    return token == null ? null : token.toString();
  }

  /** Does the same, and shares the characters of the header if it is an {@link AsciiString}. */
  static @Nullable CharSequence of(@Nullable CharSequence authorization) {
    if (authorization == null
        || authorization.length() <= SCHEME.length()
        || !AsciiString.regionMatches(authorization, true, 0, SCHEME, 0, SCHEME.length())) {
      return null;
    }
    var start = SCHEME.length();
    var end = authorization.length();
    while (start < end && isBlank(authorization.charAt(start))) {
      start++;
    }
    while (start < end && isBlank(authorization.charAt(end - 1))) {
      end--;
    }
    return authorization instanceof AsciiString ascii
        ? ascii.subSequence(start, end, false)
        : authorization.subSequence(start, end);
  }

  private static boolean isBlank(char character) {
    return character == ' ' || character == '\t';
  }
}
