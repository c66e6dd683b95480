package tokenbroker.sandbox;

import io.quarkus.runtime.LaunchMode;
import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.PropertiesConfigSource;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;
import tokenbroker.sandbox.issuer.CallerTokenIssuer;

/**
 * The settings that make the broker work with nothing but the sandbox. Every value is a default:
 * the same key in another configuration source overrides it.
 *
 * <p>With {@code sandbox.enabled=false}, and in tests without {@code sandbox.enabled=true}, there
 * are only those that keep the sandbox on the loopback interface. The settings name files but do
 * not create them, because configuration is read more than once. {@link SandboxSetUp} writes them
 * at the start.
 */
public final class SandboxDefaults implements ConfigSourceFactory {

  /** Above the built-in defaults (100 and less), below {@code application.properties} (250). */
  private static final int ORDINAL = 150;

  /**
   * Where the sandbox listens, even if it configures nothing else. Whoever reaches it gets caller
   * tokens.
   */
  private static final Map<String, String> LOOPBACK =
      Map.of("quarkus.http.host", "127.0.0.1", "quarkus.management.host", "127.0.0.1");

  /**
   * The ordinal of {@code application.properties}. Sources above it are set by whoever runs the
   * process.
   */
  private static final int APPLICATION_PROPERTIES = 250;

  @Override
  public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
    if (isBuild(context)) {
      return List.of();
    }
    var defaults = new HashMap<>(LOOPBACK);
    if (isEnabled(context)) {
      defaults.putAll(defaults(context));
    }
    return List.of(new PropertiesConfigSource(defaults, "sandbox", ORDINAL));
  }

  private static boolean isEnabled(ConfigSourceContext context) {
    var enabled = value(context, "sandbox.enabled");
    return enabled == null
        ? LaunchMode.current() != LaunchMode.TEST
        : Boolean.parseBoolean(enabled);
  }

  /**
   * Returns whether this is the build. Quarkus would store the values in the package, with the
   * paths of the build machine.
   */
  private static boolean isBuild(ConfigSourceContext context) {
    return context.getConfigSources().stream()
        .anyMatch(source -> source.getName().contains("Build system"));
  }

  private static Map<String, String> defaults(ConfigSourceContext context) {
    var port = port(context);
    var directory = value(context, "sandbox.directory");
    var files =
        directory == null ? SandboxFiles.ofUser(port) : new SandboxFiles(Path.of(directory));
    var defaults = new HashMap<String, String>();
    defaults.put("sandbox.directory", files.root().toString());
    var baseUrl = baseUrl(context, port);
    defaults.put("sandbox.base-url", baseUrl);
    defaults.put("broker.connections.public-url", originOf(baseUrl));
    defaults.put("broker.clients.file", files.clients().toString());
    defaults.put("broker.clients.secrets", files.secrets().toString());
    defaults.put("broker.issuers.sandbox.issuer", CallerTokenIssuer.ISSUER);
    defaults.put("broker.issuers.sandbox.keys", files.callerKeys().toString());
    if (hasRedis(context)) {
      defaults.put("broker.store", "redis");
      defaults.put("broker.seal.keys", files.sealKeys().toString());
    } else {
      defaults.put("broker.store", "memory");
    }
    return defaults;
  }

  private static String port(ConfigSourceContext context) {
    var test = LaunchMode.current() == LaunchMode.TEST;
    var port = value(context, test ? "quarkus.http.test-port" : "quarkus.http.port");
    return port == null ? (test ? "8081" : "8080") : port;
  }

  /**
   * Returns the base URL that the user has set, or one with the actual port. The built-in default
   * always has port 8080.
   */
  private static String baseUrl(ConfigSourceContext context, String port) {
    var set = context.getValue("sandbox.base-url");
    return set != null && set.getValue() != null && set.getConfigSourceOrdinal() > ORDINAL
        ? set.getValue()
        : "http://127.0.0.1:" + port + "/sandbox";
  }

  /** Returns the origin of the URL. Browsers reach the broker at the same origin as the sandbox. */
  private static String originOf(String url) {
    return url.replaceFirst("(?<=[^/:])/.*", "");
  }

  private static boolean hasRedis(ConfigSourceContext context) {
    var hosts = context.getValue("quarkus.redis.hosts");
    return hosts != null
        && hosts.getValue() != null
        && hosts.getConfigSourceOrdinal() > APPLICATION_PROPERTIES;
  }

  private static @Nullable String value(ConfigSourceContext context, String key) {
    var value = context.getValue(key);
    return value == null ? null : value.getValue();
  }
}
