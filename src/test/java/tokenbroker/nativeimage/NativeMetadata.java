package tokenbroker.nativeimage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;

/** The native-image metadata of the broker, in addition to those of Quarkus' extensions. */
final class NativeMetadata {

  private static final String OURS = "META-INF/native-image/tokenbroker/token-broker/";
  private static final String CAFFEINE_OF_QUARKUS =
      "io/quarkus/caffeine/runtime/graal/CacheConstructorsFeature.class";

  private NativeMetadata() {}

  /** Returns the types that are registered for reflection. */
  static List<JsonNode> reflection() throws IOException {
    return section("reflection");
  }

  /** Returns the paths of the resources that are registered. */
  static List<String> resources() throws IOException {
    return section("resources").stream().map(it -> it.path("glob").textValue()).toList();
  }

  private static List<JsonNode> section(String name) throws IOException {
    try (var file = resource(OURS + "reachability-metadata.json")) {
      return new ObjectMapper().readTree(file).path(name).valueStream().toList();
    }
  }

  /** Returns the values of an argument, such as {@code --initialize-at-run-time}. */
  static List<String> argument(String name) throws IOException {
    var properties = new Properties();
    try (var file = resource(OURS + "native-image.properties")) {
      properties.load(file);
    }
    return Arrays.stream(properties.getProperty("Args").split("\\s+"))
        .filter(argument -> argument.startsWith(name + "="))
        .flatMap(argument -> Arrays.stream(argument.substring(name.length() + 1).split(",")))
        .toList();
  }

  /** Returns whether the broker or Quarkus' extension registers this class of Caffeine. */
  static boolean knowsCache(String className) throws IOException {
    try (var feature = resource(CAFFEINE_OF_QUARKUS)) {
      // The class file stores a length before each text. Therefore a letter after the name means a
      // longer name.
      var constants = new String(feature.readAllBytes(), ISO_8859_1);
      return constants.matches("(?s).*\\Q" + className + "\\E[^A-Za-z].*")
          || reflection().stream().anyMatch(type -> type.path("type").asText().equals(className));
    }
  }

  private static InputStream resource(String name) {
    return requireNonNull(NativeMetadata.class.getClassLoader().getResourceAsStream(name), name);
  }
}
