package tokenbroker.tokens;

import java.util.Locale;

/**
 * The {@code error} values of RFC 6749 §5.2 and TrackMage's own. The upstream's text is never
 * passed on, only one of these.
 */
public enum OAuthError {
  INVALID_REQUEST,
  INVALID_CLIENT,
  INVALID_GRANT,
  UNAUTHORIZED_CLIENT,
  UNSUPPORTED_GRANT_TYPE,
  INVALID_SCOPE,
  REDIRECT_URI_MISMATCH,
  ACCESS_DENIED,
  /** An {@code error} that is none of the above. */
  UNRECOGNIZED;

  /** The value on the wire, such as {@code invalid_client}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static OAuthError of(String code) {
    for (var error : values()) {
      if (error.code().equals(code)) {
        return error;
      }
    }
    return UNRECOGNIZED;
  }
}
