package tokenbroker.sandbox;

import java.util.Locale;
import java.util.Map;

/** The grant types of token requests. */
enum GrantType {
  CLIENT_CREDENTIALS,
  AUTHORIZATION_CODE,
  REFRESH_TOKEN,
  /** A grant type that TrackMage does not support, or none at all. */
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

  /** Returns the name in RFC 6749. */
  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
