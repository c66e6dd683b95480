package tokenbroker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.testing.TestConfig;

/** Proves that the default and the bounds of every setting of {@link BrokerConfig} are intended. */
class SettingsTest {

  /**
   * Each row: key, default, last rejected value below, lower bound, upper bound, first rejected
   * value above.
   */
  private static final String WITH_A_RANGE =
      """
      broker.clients.reload-every     | 10s    | 99ms  | 100ms | 1h      | 3601s
      broker.callers.rate-limit       | 1000   | -1    | 0     | 1000000 | 1000001
      broker.callers.burst            | 2000   | 0     | 1     | 1000000 | 1000001
      broker.callers.remembered       | 10000  | -1    | 0     | 1000000 | 1000001
      broker.tokens.safety-window     | 30s    | 999ms | 1s    | 10m     | 601s
      broker.tokens.refresh-ahead     | 0.7    | 0.09  | 0.1   | 0.95    | 0.96
      broker.tokens.idle-after        | 2      | 0.09  | 0.1   | 1000    | 1000.1
      broker.upstream.connect-timeout | 2s     | 49ms  | 50ms  | 30s     | 31s
      broker.upstream.timeout         | 5s     | 99ms  | 100ms | 1m      | 61s
      broker.upstream.backoff         | 1s…30s | 9ms…1s | 10ms | 10ms…1h | 1s…61m
      broker.connections.keep-alive   | 7d     | 59m   | 1h    | 13d     | 313h
      broker.metrics.clients          | 1000   | -1    | 0     | 100000  | 100001
      broker.server.max-connections   | 0      | -1    | 0     | 1000000 | 1000001
      broker.server.address-share     | 0.5    | 0.009 | 0.01  | 1       | 1.01
      """;

  private static final Map<String, String> WITHOUT_A_RANGE =
      Map.ofEntries(
          Map.entry("broker.store", "redis"),
          Map.entry("broker.clients.file", "/etc/token-broker/clients.yaml"),
          Map.entry("broker.clients.secrets", "/etc/token-broker/secrets"),
          Map.entry("broker.issuers.<name>.issuer", ""),
          Map.entry("broker.issuers.<name>.keys", ""),
          Map.entry("broker.issuers.<name>.keys-token-file", ""),
          Map.entry("broker.issuers.<name>.keys-ca-file", ""),
          Map.entry("broker.issuers.<name>.audience", "token-broker"),
          Map.entry("broker.issuers.<name>.algorithms", "RS256,ES256"),
          Map.entry("broker.issuers.<name>.token-review", "false"),
          Map.entry("broker.issuers.<name>.token-review-api-server", ""),
          Map.entry("broker.issuers.<name>.token-review-token-file", ""),
          Map.entry("broker.issuers.<name>.token-review-ca-file", ""),
          Map.entry("broker.issuers.<name>.token-review-unavailable", "accept"),
          Map.entry("broker.redis.password-file", ""),
          Map.entry("broker.upstream.proxy", ""),
          Map.entry("broker.upstream.proxy-credentials-file", ""),
          Map.entry("broker.upstream.no-proxy", ".svc,.svc.cluster.local"),
          Map.entry("broker.upstream.ca-file", ""),
          Map.entry("broker.audit.required", "false"),
          Map.entry("broker.audit.replica", ""),
          Map.entry("broker.seal.keys", ""),
          Map.entry("broker.seal.primary", ""),
          Map.entry("broker.connections.public-url", ""),
          Map.entry("broker.oauth.issuer", ""),
          Map.entry("broker.server.plain-http2", "false"));

  record Row(String key, String defaultValue, String below, String min, String max, String above) {

    List<String> allowed() {
      return List.of(min, max, defaultValue);
    }

    static Row of(String line) {
      var cells = Arrays.stream(line.split("\\|")).map(String::strip).toArray(String[]::new);
      return new Row(cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]);
    }

    @Override
    public String toString() {
      return key;
    }
  }

  static List<Row> rows() {
    return WITH_A_RANGE.lines().map(Row::of).toList();
  }

  @Test
  void everySettingIsInOneOfTheTables() {
    var declared =
        Settings.all().stream().map(Setting::name).filter(it -> it.startsWith("broker."));
    var known = rows().stream().map(Row::key).collect(Collectors.toSet());
    known.addAll(WITHOUT_A_RANGE.keySet());
    assertThat(declared).containsExactlyInAnyOrderElementsOf(known);
  }

  @Test
  void aSettingWithoutARangeHasNoOrderAndTheDefaultOfTheTable() {
    WITHOUT_A_RANGE.forEach(
        (key, expected) -> {
          var setting = Settings.find(key).orElseThrow();
          assertThat(setting.defaultValue() == null ? "" : setting.defaultValue())
              .as(key)
              .isEqualTo(expected);
          assertThat(setting.range()).as(key).isNull();
          assertThat(setting.type())
              .as(key)
              .isNotIn(
                  ValueType.DURATION, ValueType.WHOLE_NUMBER, ValueType.NUMBER, ValueType.PAUSES);
        });
  }

  @ParameterizedTest
  @MethodSource("rows")
  void aSettingWithARangeEndsAtItsBounds(Row row) {
    var setting = Settings.find(row.key()).orElseThrow();
    assertThat(setting.defaultValue()).isEqualTo(row.defaultValue());
    assertThat(row.allowed()).allMatch(setting::allows);
    assertThat(setting.allows(row.below())).isFalse();
    assertThat(setting.allows(row.above())).isFalse();
  }

  /** The configuration library must accept every value that these bounds allow. */
  @ParameterizedTest
  @MethodSource("rows")
  void allowedValuesAreBoundAndOthersAreNamedWithWhatIsAllowed(Row row) {
    for (var allowed : row.allowed()) {
      assertThat(TestConfig.with(row.key(), allowed)).isNotNull();
      assertThat(GatedConfig.with(withRoomFor(row.key(), allowed)).faults()).isEmpty();
    }
    for (var refused :
        List.of(row.below(), row.above(), "nonsense", "-5m", "NaN", "1e999", "0x10")) {
      var config = GatedConfig.with(Map.of(row.key(), refused));
      assertThat(config.faults())
          .singleElement()
          .asString()
          .startsWith(row.key() + " is " + QuotedText.text(refused))
          .contains(row.defaultValue())
          .contains(
              "from "
                  + bounds(row.key(), Setting.Bounds::min)
                  + " to "
                  + bounds(row.key(), Setting.Bounds::max));
      assertThat(config.bound().callers().rateLimit()).isEqualTo(1000);
    }
  }

  @ParameterizedTest
  @MethodSource("durations")
  void aDurationWithoutItsUnitIsRefused(String key) {
    for (var text : List.of("5", "0", "30", "1.5")) {
      assertThat(GatedConfig.with(Map.of(key, text)).faults())
          .singleElement()
          .asString()
          .contains(key, "with a unit");
    }
  }

  static List<String> durations() {
    return Settings.all().stream()
        .filter(it -> it.name().startsWith("broker.") && it.type().equals(ValueType.DURATION))
        .map(Setting::name)
        .toList();
  }

  @Test
  void aSingleBackOffIsAPauseThatDoesNotGrow() {
    var backoff = TestConfig.with("broker.upstream.backoff", "5s").upstream().backoff();
    assertThat(backoff.first()).isEqualTo(backoff.longest()).hasSeconds(5);
    assertThat(GatedConfig.with(Map.of("broker.upstream.backoff", "5s")).faults()).isEmpty();
    for (var refused : List.of("5", "1…30", "30s…1s", "0s", "1s…", "…30s", "1s…2s…3s")) {
      assertThat(GatedConfig.with(Map.of("broker.upstream.backoff", refused)).faults())
          .as(refused)
          .hasSize(1);
    }
  }

  /** Returns the setting, and a time limit for the whole response that leaves room for it. */
  private static Map<String, String> withRoomFor(String key, String value) {
    return key.equals("broker.upstream.connect-timeout")
        ? Map.of(key, value, "broker.upstream.timeout", "1m")
        : Map.of(key, value);
  }

  private static String bounds(String key, Function<Setting.Bounds, String> which) {
    var range = Settings.find(key).orElseThrow().range();
    return range == null ? "" : which.apply(range);
  }
}
