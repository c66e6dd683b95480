package tokenbroker.config;

import io.quarkus.runtime.configuration.DurationConverter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How the value of a setting is written.
 *
 * @param description what a message says, such as {@code a duration with its unit}
 * @param isSecret whether the value may hold a password, so that no message shows it
 * @param parser throws IllegalArgumentException for a value that cannot be read; accepts nothing
 *     that the configuration library refuses
 */
record ValueType(String description, boolean isSecret, Function<String, ?> parser) {

  static final ValueType DURATION =
      new ValueType("a duration with its unit", false, ValueType::duration);
  static final ValueType WHOLE_NUMBER =
      new ValueType("a whole number", false, text -> Integer.valueOf(text.strip()));
  static final ValueType NUMBER = new ValueType("a number", false, ValueType::number);
  private static final ValueType SWITCH = choice(List.of("true", "false"));
  private static final ValueType PATH = new ValueType("a path", false, ValueType::path);
  private static final ValueType TEXT = new ValueType("a text", false, text -> text);
  static final ValueType LIST = new ValueType("a list", false, text -> text);

  /** A URL may have a password in front of its host. */
  private static final ValueType URL = new ValueType("a URL", true, URI::create);

  static final ValueType PAUSES =
      new ValueType(
          "a first and a longest pause, or one duration for both,", false, BackoffRange::parse);

  /** Returns the type of what a method of a mapping returns. */
  static ValueType of(Type type) {
    if (type instanceof ParameterizedType generic) {
      return generic.getRawType() == Optional.class
          ? of(generic.getActualTypeArguments()[0])
          : known(generic.getRawType(), List.class, LIST);
    }
    if (type instanceof Class<?> choice && choice.isEnum()) {
      return choice(Arrays.stream(choice.getEnumConstants()).map(Object::toString).toList());
    }
    return switch (type.getTypeName()) {
      case "boolean" -> SWITCH;
      case "int" -> WHOLE_NUMBER;
      case "double" -> NUMBER;
      case "java.lang.String" -> TEXT;
      case "java.time.Duration" -> DURATION;
      case "java.nio.file.Path" -> PATH;
      case "java.net.URI" -> URL;
      default -> known(type, BackoffRange.class, PAUSES);
    };
  }

  private static ValueType known(Type type, Class<?> expected, ValueType known) {
    if (type != expected) {
      throw new IllegalArgumentException("a setting of a type that is not checked: " + type);
    }
    return known;
  }

  /** One of these words, in capitals or not. */
  static ValueType choice(List<String> words) {
    var allowed = words.stream().map(word -> word.toLowerCase(Locale.ROOT)).toList();
    return new ValueType(
        allowed.stream().collect(Collectors.joining(", ", "one of ", "")),
        false,
        text -> {
          if (!allowed.contains(text.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("not one of " + allowed);
          }
          return text;
        });
  }

  /** A number without a unit is refused: it might mean seconds or milliseconds. */
  static Duration duration(String text) {
    var value = text.strip();
    if (value.matches("[-+]?[0-9.]*")) {
      throw new IllegalArgumentException("a duration without a unit");
    }
    return DurationConverter.parseDuration(value);
  }

  /** Java's own form, which includes NaN and the type suffixes, means nothing to an operator. */
  private static Double number(String text) {
    if (!text.matches("[-+]?[0-9]+([.][0-9]+)?")) {
      throw new IllegalArgumentException("not a number");
    }
    return Double.valueOf(text);
  }

  /** A seal key that was set in the place of its directory must be in no message. */
  static boolean looksLikeKey(String text) {
    return text.matches("[A-Za-z0-9+/]{43}=");
  }

  private static Path path(String text) {
    if (text.startsWith("file:") || looksLikeKey(text)) {
      throw new IllegalArgumentException("a URL or a key where a path is wanted");
    }
    return Path.of(text);
  }
}
