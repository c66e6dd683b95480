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

/**
 * Configures the broker so that it works with only the sandbox. Every value is a default: the same
 * key in another source overrides it.
 *
 * <p>Off if {@code sandbox.enabled=false}, and in tests without {@code sandbox.enabled=true}. It
 * names files but creates none, because configuration is read more than once. {@link SandboxFiles}
 * are written at the start.
 */
public final class SandboxDefaults implements ConfigSourceFactory {

  /** Above the built-in defaults (100 and less), below {@code application.properties} (250). */
  private static final int ORDINAL = 150;

  /**
   * The ordinal of {@code application.properties}. The operator of the process has set everything
   * above it.
   */
  private static final int APPLICATION_PROPERTIES = 250;

  @Override
  public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
    return isEnabled(context) && !isBuild(context)
        ? List.of(new PropertiesConfigSource(defaults(context), "sandbox", ORDINAL))
        : List.of();
  }

  private static boolean isEnabled(ConfigSourceContext context) {
    var enabled = value(context, "sandbox.enabled");
    return enabled == null
        ? LaunchMode.current() != LaunchMode.TEST
        : Boolean.parseBoolean(enabled);
  }

  /**
   * Returns whether this is the build. Values from the build would be stored in the package, with
   * the paths of another machine.
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
    var here = baseUrl(context, port);
    defaults.put("sandbox.base-url", here);
    defaults.put("broker.connections.public-url", originOf(here));
    defaults.put("broker.clients.file", files.clients().toString());
    defaults.put("broker.clients.secrets", files.secrets().toString());
    defaults.put("broker.issuers.sandbox.issuer", CallerTokens.ISSUER);
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
   * Returns the base URL that was set, or else one with the actual port. The built-in default does
   * not know the port.
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
