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
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The format of a setting's value.
 *
 * @param description how messages describe the format, such as {@code a duration with a unit}
 * @param isSecret whether the value may contain a password; messages then do not show it
 * @param parser throws IllegalArgumentException for a malformed value; rejects every value that the
 *     configuration library rejects
 */
record ValueType(String description, boolean isSecret, Function<String, ?> parser) {

  static final ValueType DURATION =
      new ValueType("a duration with a unit", false, ValueType::duration);
  static final ValueType WHOLE_NUMBER =
      new ValueType("a whole number", false, text -> Integer.valueOf(text.strip()));
  static final ValueType NUMBER = new ValueType("a number", false, ValueType::number);
  private static final ValueType SWITCH = choice(List.of("true", "false"));
  private static final ValueType PATH = new ValueType("a path", false, ValueType::path);
  private static final ValueType TEXT = new ValueType("a text", false, text -> text);
  static final ValueType LIST = new ValueType("a list", false, text -> text);

  /** A URL may contain a password before its host. */
  private static final ValueType URL = new ValueType("a URL", true, URI::create);

  static final ValueType PAUSES =
      new ValueType(
          "a first and a longest pause such as 1s…30s, or one duration for both,",
          false,
          BackoffRange::parse);

  /** The text may contain a password, although that is a fault. */
  private static final ValueType PROXY =
      new ValueType(
          "http://HOST:PORT without a user name (broker.upstream.proxy-credentials-file names the"
              + " file with the user and the password)",
          true,
          ProxyAddress::parse);

  private static final ValueType NO_PROXY =
      new ValueType(
          "host names, .suffixes, IP addresses and networks such as 10.0.0.0/8, separated by commas",
          false,
          NoProxy::parse);

  /** The value types of the types that a single setting has. */
  private static final Map<Class<?>, ValueType> SPECIAL =
      Map.of(BackoffRange.class, PAUSES, ProxyAddress.class, PROXY, NoProxy.class, NO_PROXY);

  /** Returns the value type for the return type of a mapping method. */
  static ValueType of(Type type) {
    if (type instanceof ParameterizedType generic) {
      return generic.getRawType() == Optional.class
          ? of(generic.getActualTypeArguments()[0])
          : known(type, generic.getRawType() == List.class ? LIST : null);
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
      default -> known(type, SPECIAL.get(type));
    };
  }

  private static ValueType known(Type type, @Nullable ValueType known) {
    if (known == null) {
      throw new IllegalArgumentException("no value type is defined for a setting of type " + type);
    }
    return known;
  }

  /** Returns a type that accepts these words only, in upper or lower case. */
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

  /** Rejects a number without a unit, because it could mean seconds or milliseconds. */
  static Duration duration(String text) {
    var value = text.strip();
    if (value.matches("[-+]?[0-9.]*")) {
      throw new IllegalArgumentException("a duration without a unit");
    }
    return DurationConverter.parseDuration(value);
  }

  /** Rejects forms that only Java knows, such as {@code NaN} and type suffixes. */
  private static Double number(String text) {
    if (!text.matches("[-+]?[0-9]+([.][0-9]+)?")) {
      throw new IllegalArgumentException("not a number");
    }
    return Double.valueOf(text);
  }

  /** Returns whether a text could be a seal key, set by mistake instead of the directory. */
  static boolean looksLikeKey(String text) {
    return text.matches("[A-Za-z0-9+/]{43}=");
  }

  private static Path path(String text) {
    if (text.startsWith("file:") || looksLikeKey(text)) {
      throw new IllegalArgumentException("a URL or a key instead of a path");
    }
    return Path.of(text);
  }
}
