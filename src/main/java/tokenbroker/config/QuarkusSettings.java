package tokenbroker.config;

import io.quarkus.runtime.configuration.DurationConverter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tokenbroker.config.Setting.Bounds;

/**
 * The keys of Quarkus that operators of a broker set. Their faults are reported together with the
 * broker's own; Quarkus would stop at its own faults, and print a password in them.
 */
final class QuarkusSettings {

  static final String PORT = "quarkus.http.port";
  static final String MANAGEMENT_PORT = "quarkus.management.port";

  /** The operating system chooses. */
  static final String ANY_PORT = "0";

  private static final Bounds PORTS = new Bounds(ANY_PORT, "65535");
  private static final Bounds SHUTDOWN = new Bounds("0s", "10m");

  private static final Set<String> LEVELS =
      Set.of(
          "OFF", "FATAL", "ERROR", "SEVERE", "WARN", "WARNING", "INFO", "CONFIG", "DEBUG", "FINE",
          "TRACE", "FINER", "FINEST", "ALL");

  /** Quarkus takes a number without a unit for seconds. */
  private static final ValueType QUARKUS_DURATION =
      new ValueType("a duration", false, DurationConverter::parseDuration);

  private static final ValueType REDIS_HOSTS =
      new ValueType(
          "redis://HOST:PORT (rediss:// for TLS), several separated by commas; a password with"
              + " special characters belongs in quarkus.redis.password",
          true,
          RedisHosts::parse);

  private static final ValueType LOG_LEVEL =
      new ValueType("one of OFF, ERROR, WARN, INFO, DEBUG, TRACE", false, QuarkusSettings::level);

  private static final String OTLP_OVER_HTTP = "http/protobuf";

  /** The package has no libraries for gRPC, without which Quarkus' exporter would not start. */
  private static final ValueType OTLP_PROTOCOL =
      new ValueType(
          OTLP_OVER_HTTP + " and the collector's port for HTTP, gRPC is not supported",
          false,
          QuarkusSettings::otlpProtocol);

  static final List<Setting> ALL =
      List.of(
          new Setting(PORT, ValueType.WHOLE_NUMBER, "8080", PORTS),
          new Setting(MANAGEMENT_PORT, ValueType.WHOLE_NUMBER, "9000", PORTS),
          new Setting("quarkus.shutdown.delay", QUARKUS_DURATION, "5s", SHUTDOWN),
          new Setting("quarkus.shutdown.timeout", QUARKUS_DURATION, "10s", SHUTDOWN),
          new Setting("quarkus.log.level", LOG_LEVEL, "INFO", null),
          new Setting("quarkus.redis.hosts", REDIS_HOSTS, "redis://localhost:6379", null),
          new Setting(
              "quarkus.redis.client-type",
              ValueType.choice(List.of("standalone", "sentinel", "cluster", "replication")),
              "standalone",
              null),
          new Setting("quarkus.otel.exporter.otlp.protocol", OTLP_PROTOCOL, OTLP_OVER_HTTP, null),
          new Setting(
              "quarkus.otel.exporter.otlp.traces.protocol", OTLP_PROTOCOL, OTLP_OVER_HTTP, null));

  private QuarkusSettings() {}

  private static String level(String text) {
    if (!LEVELS.contains(text.toUpperCase(Locale.ROOT))) {
      throw new IllegalArgumentException("not a level");
    }
    return text;
  }

  private static String otlpProtocol(String text) {
    if (!text.equals(OTLP_OVER_HTTP)) {
      throw new IllegalArgumentException("not a protocol for spans");
    }
    return text;
  }
}
