package tokenbroker.config;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfig;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.StreamSupport;
import tokenbroker.config.Setting.Bounds;

/**
 * The Quarkus settings that operators of the broker set. The broker reports their faults together
 * with those of its own settings. Quarkus itself would stop at its first fault and might print a
 * password in the message.
 */
final class QuarkusSettings {

  static final String PORT = "quarkus.http.port";
  static final String TLS_PORT = "quarkus.http.ssl-port";
  static final String MANAGEMENT_PORT = "quarkus.management.port";
  static final String REDIS_HOSTS = "quarkus.redis.hosts";
  static final String REDIS_PASSWORD = "quarkus.redis.password";

  private static final String PLAIN_HTTP = "quarkus.http.insecure-requests";

  /** The settings that enable TLS for callers. A single one is sufficient. */
  private static final List<String> SWITCHES_OF_TLS =
      List.of(
          "quarkus.http.tls-configuration-name",
          "quarkus.http.ssl.certificate.",
          "quarkus.tls.key-store.");

  /** The port number for which the operating system chooses a free port. */
  private static final String ANY_PORT = "0";

  private static final Bounds PORTS = new Bounds(ANY_PORT, "65535");
  private static final Bounds SHUTDOWN = new Bounds("0s", "10m");

  private static final Set<String> LEVELS =
      Set.of(
          "OFF", "FATAL", "ERROR", "SEVERE", "WARN", "WARNING", "INFO", "CONFIG", "DEBUG", "FINE",
          "TRACE", "FINER", "FINEST", "ALL");

  /** Quarkus reads a number without a unit as seconds. */
  private static final ValueType QUARKUS_DURATION =
      new ValueType("a duration", false, DurationConverter::parseDuration);

  private static final ValueType ADDRESSES =
      new ValueType(
          "redis://HOST:PORT (rediss:// for TLS), or several such addresses separated by commas;"
              + " put the password into a file and set broker.redis.password-file to its path",
          true,
          RedisHosts::parse);

  private static final ValueType LOG_LEVEL =
      new ValueType("one of OFF, ERROR, WARN, INFO, DEBUG, TRACE", false, QuarkusSettings::level);

  private static final String OTLP_OVER_HTTP = "http/protobuf";

  /** The package contains no gRPC libraries. With gRPC, the exporter of Quarkus would not start. */
  private static final ValueType OTLP_PROTOCOL =
      new ValueType(
          OTLP_OVER_HTTP + " and use the collector's HTTP port (gRPC is not supported)",
          false,
          QuarkusSettings::otlpProtocol);

  static final List<Setting> ALL =
      List.of(
          new Setting(PORT, ValueType.WHOLE_NUMBER, "8080", PORTS),
          new Setting(TLS_PORT, ValueType.WHOLE_NUMBER, "8443", PORTS),
          new Setting(MANAGEMENT_PORT, ValueType.WHOLE_NUMBER, "9000", PORTS),
          new Setting("quarkus.shutdown.delay", QUARKUS_DURATION, "5s", SHUTDOWN),
          new Setting("quarkus.shutdown.timeout", QUARKUS_DURATION, "10s", SHUTDOWN),
          new Setting("quarkus.log.level", LOG_LEVEL, "INFO", null),
          new Setting(REDIS_HOSTS, ADDRESSES, "redis://localhost:6379", null),
          new Setting(REDIS_PASSWORD, new ValueType("a text", true, text -> text), null, null),
          new Setting(
              "quarkus.redis.client-type",
              ValueType.choice(List.of("standalone", "sentinel", "cluster", "replication")),
              "standalone",
              null),
          new Setting("quarkus.otel.exporter.otlp.protocol", OTLP_PROTOCOL, OTLP_OVER_HTTP, null),
          new Setting(
              "quarkus.otel.exporter.otlp.traces.protocol", OTLP_PROTOCOL, OTLP_OVER_HTTP, null));

  private QuarkusSettings() {}

  static boolean servesTls(SmallRyeConfig config) {
    return StreamSupport.stream(config.getPropertyNames().spliterator(), false)
        .filter(name -> SWITCHES_OF_TLS.stream().anyMatch(name::startsWith))
        .anyMatch(name -> config.getConfigValue(name).getValue() != null);
  }

  static boolean servesPlainHttp(SmallRyeConfig config) {
    return !"disabled".equalsIgnoreCase(config.getConfigValue(PLAIN_HTTP).getValue());
  }

  private static String level(String text) {
    if (!LEVELS.contains(text.toUpperCase(Locale.ROOT))) {
      throw new IllegalArgumentException("not a log level");
    }
    return text;
  }

  private static String otlpProtocol(String text) {
    if (!text.equals(OTLP_OVER_HTTP)) {
      throw new IllegalArgumentException("unsupported OTLP protocol");
    }
    return text;
  }
}
