package tokenbroker.sandbox.trackmage;

import java.util.Locale;
import java.util.Map;

/** The grant type of a token request. */
public enum GrantType {
  CLIENT_CREDENTIALS,
  AUTHORIZATION_CODE,
  REFRESH_TOKEN,
  /** A grant type that TrackMage does not support, or a request without one. */
  OTHER;

  /** Returns the grant type that the parameters of a request name. */
  public static GrantType of(Map<String, String> parameters) {
    var given = parameters.getOrDefault("grant_type", "");
    for (var type : values()) {
      if (type != OTHER && type.wireName().equals(given)) {
        return type;
      }
    }
    return OTHER;
  }

  /** Returns the name in RFC 6749, or {@code other}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
