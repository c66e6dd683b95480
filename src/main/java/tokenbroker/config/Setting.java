package tokenbroker.config;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The declaration of a setting.
 *
 * @param name such as {@code broker.issuers.<name>.keys}
 * @param defaultValue null if there is none
 * @param range null if the setting has no bounds
 */
record Setting(String name, ValueType type, @Nullable String defaultValue, @Nullable Bounds range) {

  /** The bounds of a setting, as they are declared. Both are inclusive. */
  record Bounds(String min, String max) {}

  boolean allows(String value) {
    try {
      return isWithinRange(type.parser().apply(value));
    } catch (IllegalArgumentException e) {
      return false; // The message shows what is allowed, which is more helpful than this cause.
    }
  }

  private boolean isWithinRange(Object value) {
    if (range == null) {
      return true;
    }
    return switch (value) {
      case Duration duration -> isWithinRange(duration);
      case BackoffRange(var first, var longest) -> isWithinRange(first) && isWithinRange(longest);
      case Number number ->
          number.doubleValue() >= Double.parseDouble(range.min())
              && number.doubleValue() <= Double.parseDouble(range.max());
      default -> throw new IllegalStateException(name + " has a range, but its type has no order");
    };
  }

  private boolean isWithinRange(Duration duration) {
    return range != null
        && duration.compareTo(ValueType.duration(range.min())) >= 0
        && duration.compareTo(ValueType.duration(range.max())) <= 0;
  }

  /** Describes the allowed values, such as {@code a duration with a unit from 1s to 10m}. */
  String allowed() {
    return range == null
        ? type.description()
        : "%s from %s to %s".formatted(type.description(), range.min(), range.max());
  }

  /** Returns the message about a value that is not allowed, or empty if the value is allowed. */
  Optional<String> fault(String key, String value, String origin) {
    if (allows(value)) {
      return Optional.empty();
    }
    var hidden = type.isSecret() || ValueType.looksLikeKey(value);
    var seen = hidden ? "is malformed" : "is " + QuotedText.text(value);
    var instead = defaultValue == null ? "" : "; the default is " + defaultValue;
    return Optional.of("%s %s (%s): set %s%s".formatted(key, seen, origin, allowed(), instead));
  }
}
