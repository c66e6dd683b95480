package tokenbroker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proves that an empty environment variable counts as not set. Kubernetes and Compose express "not
 * set" in this way.
 */
class EmptyVariablesTest {

  static List<String> variables() {
    return Settings.all().stream()
        .map(Setting::name)
        .map(name -> name.replace("<name>", "\"corp\""))
        .map(SettingSource::variable)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("variables")
  void anEmptyVariableIsNoFaultAndHidesNone(String variable) {
    for (var empty : List.of("", "\n", " ", "\r\n\n")) {
      var config =
          GatedConfig.with(
              Map.of("broker.nonsense", "1"), Map.of(variable, empty, "BROKER_X", "1"), Map.of());
      assertThat(config.faults())
          .hasSize(2)
          .anyMatch(fault -> fault.startsWith("broker.nonsense is not a setting"))
          .anyMatch(fault -> fault.startsWith("BROKER_X is not a setting"));
      assertThat(config.bound().issuers()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "  "})
  void whatTheFileSaysIsNotHiddenByAnEmptyVariable(String empty) {
    var config =
        GatedConfig.with(
            Map.of(),
            Map.of(
                "BROKER_CALLERS_BURST", empty,
                "BROKER_ISSUERS__CORP__AUDIENCE", empty,
                "QUARKUS_REDIS_TIMEOUT", empty),
            Map.of(
                "broker.callers.burst", "7",
                "broker.issuers.corp.audience", "us",
                "quarkus.redis.timeout", "3s"));
    assertThat(config.bound().callers().burst()).isEqualTo(7);
    assertThat(config.bound().issuers().values())
        .singleElement()
        .satisfies(issuer -> assertThat(issuer.audience()).isEqualTo("us"));
    assertThat(config.all().getValue("quarkus.redis.timeout", String.class)).isEqualTo("3s");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\n\n"})
  void aNewlineAtTheEndIsNoPartOfAValueAndOneWithinIsShownEscaped(String newline) {
    var config =
        GatedConfig.with(
            Map.of(),
            Map.of(
                "QUARKUS_REDIS_PASSWORD", "hunter2" + newline,
                "BROKER_ISSUERS__CORP__ISSUER", "https://issuer.example" + newline,
                "BROKER_CALLERS_BURST", "1\n2" + newline),
            Map.of());
    assertThat(config.all().getValue("quarkus.redis.password", String.class)).isEqualTo("hunter2");
    assertThat(config.bound().issuers().values())
        .singleElement()
        .satisfies(issuer -> assertThat(issuer.issuer()).hasValue("https://issuer.example"));
    assertThat(config.faults())
        .singleElement()
        .asString()
        .startsWith("broker.callers.burst is \"1\\u000a2\"");
  }
}
