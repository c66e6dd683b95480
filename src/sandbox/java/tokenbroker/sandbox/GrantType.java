package tokenbroker.sandbox;

import java.util.Locale;
import java.util.Map;

/** What a token request brings to get a token for. */
enum GrantType {
  CLIENT_CREDENTIALS,
  AUTHORIZATION_CODE,
  REFRESH_TOKEN,
  /** None that TrackMage gives a token for, or none at all. */
  OTHER;

  static GrantType of(Map<String, String> parameters) {
    var given = parameters.getOrDefault("grant_type", "");
    for (var type : values()) {
      if (type != OTHER && type.wireName().equals(given)) {
        return type;
      }
    }
    return OTHER;
  }

  /** As in RFC 6749. */
  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
