package tokenbroker.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.redis.client.impl.RedisURI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsFaultsTest {

  @Test
  void faultsOfEveryTypeAreNamedAtOnce() {
    var config =
        GatedConfig.with(
            Map.ofEntries(
                Map.entry("broker.tokens.safety-window", "abc"),
                Map.entry("broker.callers.burst", "many"),
                Map.entry("broker.tokens.refresh-ahead", "half"),
                Map.entry("broker.store", "disk"),
                Map.entry("broker.clients.file", "file:/etc/clients.yaml"),
                Map.entry("broker.issuers.corp.keys-ca-file", "file:/etc/ca.pem"),
                Map.entry("broker.connections.public-url", "https://user:hunter2@a b"),
                Map.entry("broker.upstream.backoff", "5x"),
                Map.entry("broker.nonsense", "1"),
                Map.entry("quarkus.http.port", "web"),
                Map.entry("quarkus.log.level", "LOUD")));

    assertThat(config.faults())
        .hasSize(11)
        .anyMatch(
            it -> it.startsWith("broker.tokens.safety-window is \"abc\" (test.properties): set"))
        .anyMatch(it -> it.startsWith("broker.callers.burst is \"many\""))
        .anyMatch(it -> it.startsWith("broker.store is \"disk\"") && it.contains("redis, memory"))
        .anyMatch(it -> it.startsWith("broker.issuers.corp.keys-ca-file is"))
        .anyMatch(it -> it.startsWith("quarkus.http.port is \"web\""))
        .noneMatch(
            it -> it.contains("hunter2") || it.contains("SRCFG") || it.contains("Exception"));
    assertThat(config.bound().store()).isEqualTo(BrokerConfig.Store.REDIS);
  }

  @Test
  void anEmptyValueCountsAsAbsent() {
    for (var setting : Settings.all()) {
      var key = setting.name().replace("<name>", "corp");
      for (var empty : List.of("", " ", "\n")) {
        var config = GatedConfig.with(Map.of(key, empty));
        assertThat(config.faults()).as(key).isEmpty();
      }
      var variable = SettingSource.variable(setting.name().replace("<name>", "_corp_"));
      assertThat(GatedConfig.with(Map.of(), Map.of(variable, "")).faults()).as(variable).isEmpty();
    }
    assertThat(
            GatedConfig.with(Map.of("broker.issuers.corp.audience", ""))
                .bound()
                .issuers()
                .get("corp"))
        .satisfies(issuer -> assertThat(issuer.audience()).isEqualTo("token-broker"));
  }

  @Test
  void whiteSpaceAroundAValueIsNoPartOfIt() {
    var config =
        GatedConfig.with(
            Map.of(
                "broker.seal.primary",
                "2026-11\n",
                "broker.callers.burst",
                " 7\r\n",
                "broker.store",
                "memory\n"));
    assertThat(config.faults()).isEmpty();
    assertThat(config.bound().seal().primary()).hasValue("2026-11");
    assertThat(config.bound().callers().burst()).isEqualTo(7);
    assertThat(config.bound().store()).isEqualTo(BrokerConfig.Store.MEMORY);
  }

  @Test
  void aNewlineWithinAValueIsShownEscaped() {
    assertThat(GatedConfig.with(Map.of("broker.callers.burst", "7\n8 ☃")).faults())
        .singleElement()
        .asString()
        .contains("\"7\\u000a8 \\u2603\"")
        .doesNotContain("\n");
  }

  @Test
  void pathsMayHaveSpacesAndBeRelative() {
    var config =
        GatedConfig.with(
            Map.of(
                "broker.clients.file", "my files/clients.yaml", "broker.seal.keys", "/a b/seal"));
    assertThat(config.faults()).isEmpty();
    assertThat(config.bound().clients().file()).isEqualTo(Path.of("my files", "clients.yaml"));
    assertThat(config.bound().seal().keys()).hasValue(Path.of("/a b/seal"));
  }

  @Test
  void aSealKeyInThePlaceOfItsDirectoryIsNotPrinted() {
    var key = "bm90LWZvci15b3VyLWV5ZXMtbm90LWZvci15b3VyLS0=";
    assertThat(GatedConfig.with(Map.of("broker.seal.keys", key)).faults())
        .singleElement()
        .asString()
        .startsWith("broker.seal.keys is malformed")
        .doesNotContain(key);
  }

  @Test
  void aFaultInTheEnvironmentNamesTheVariable() {
    assertThat(GatedConfig.with(Map.of(), Map.of("BROKER_TOKENS_SAFETY_WINDOW", "30")).faults())
        .singleElement()
        .asString()
        .contains("(environment variable BROKER_TOKENS_SAFETY_WINDOW)");
  }

  @Test
  void aDollarIsWrittenWithABackslash() {
    var config = GatedConfig.with(Map.of("broker.seal.primary", "\\${k1}"));
    assertThat(config.faults()).isEmpty();
    assertThat(config.bound().seal().primary()).hasValue("${k1}");
  }

  @Test
  void aReferenceToNothingIsAFaultLikeOthers() {
    assertThat(
            GatedConfig.with(
                    Map.of(
                        "broker.clients.file",
                        "${nowhere}/clients.yaml",
                        "broker.callers.burst",
                        "0"))
                .faults())
        .hasSize(2)
        .anyMatch(
            it -> it.startsWith("broker.clients.file refers to a setting that does not exist"));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "3s, 2s, 1",
        "2s, 2s, 0",
        // The default of 2s does not conflict with a shorter limit for the whole response.
        "-, 1s, 0",
        "6s, -, 1",
        "6s, wrong, 1",
      })
  void connectingTakesNoLongerThanTheWholeAnswer(String connect, String whole, int faults) {
    var settings = new HashMap<String, String>();
    settings.computeIfAbsent("broker.upstream.connect-timeout", key -> connect);
    settings.computeIfAbsent("broker.upstream.timeout", key -> whole);
    assertThat(GatedConfig.with(settings).faults())
        .filteredOn(it -> it.contains("connect-timeout"))
        .hasSize(faults);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          quarkus.http.ssl-port=9000                                         | 1
          quarkus.http.ssl-port=8080                                         | 1
          quarkus.http.ssl-port=8080, quarkus.http.insecure-requests=disabled | 0
          quarkus.management.port=8443                                       | 1
          quarkus.management.port=08080                                      | 1
          quarkus.management.port=8443, quarkus.http.ssl-port=8444           | 0
          quarkus.http.ssl-port=0                                            | 0
          """)
  void thePortForTlsIsAThirdOne(String changed, int faults) {
    var settings =
        new HashMap<>(
            Map.of(
                "quarkus.http.port", "8080",
                "quarkus.management.port", "9000",
                "quarkus.http.tls-configuration-name", "http"));
    for (var each : changed.split(", ", -1)) {
      settings.put(each.split("=", -1)[0], each.split("=", -1)[1]);
    }
    assertThat(GatedConfig.with(settings).faults()).hasSize(faults);
  }

  @Test
  void withoutTlsThereIsNoPortForIt() {
    assertThat(GatedConfig.with(Map.of("quarkus.management.port", "8443")).faults()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"8080, 8080, 1", "9000, , 1", ", 8080, 1", "8080, 9000, 0", "0, 0, 0", ",,0"})
  void callersAndManagementHaveTwoPorts(String callers, String management, int faults) {
    var settings =
        new HashMap<>(Map.of("quarkus.http.port", "8080", "quarkus.management.port", "9000"));
    settings.computeIfPresent("quarkus.http.port", (key, port) -> callers == null ? port : callers);
    settings.computeIfPresent(
        "quarkus.management.port", (key, port) -> management == null ? port : management);
    assertThat(GatedConfig.with(settings).faults()).hasSize(faults);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:6379",
        "redis.example",
        "http://redis:6379",
        "redis://",
        "redis://:hunter2@",
        "redis://:hunter2%@redis:6379",
        "redis://:hunter2@redis:six",
        "redis://:hunter2@redis:65536",
        "redis://:hunter2@redis:0",
        "redis://:hun#ter2@redis:6379",
        "redis://redis:6379/hunter2",
        "redis://redis:6379,",
        "redis://one:6379,:hunter2@two:6379",
        "redis://my_redis:6379",
        "unix:",
        "redis:hunter2@redis:6379",
        "redis:/:hunter2@redis:6379",
        "redis//:hunter2@redis:6379",
        "://:hunter2@redis:6379",
        "//:hunter2@redis:6379",
        ":hunter2@redis:6379",
        "hunter2",
        "REDIS://:hunter2@redis:6379",
        "redis ://:hunter2@redis:6379",
        "redis://:hun ter2hunter2@redis:6379",
        "redis://:hunter2\\@redis:6379",
        "redis://:hunter2^@redis:6379",
        "redis://:hunter2|@redis:6379",
        "redis://:hunter2[@redis:6379",
        "redis://:hunter2\"@redis:6379",
        "redis://:hunter2@x@redis:6379",
        "redis://:hunter2/x@redis:6379",
        "redis://:hunter2?x@redis:6379",
        "redis://:hunter2,x@redis:6379",
        "redis://:hunter2%zz@redis:6379",
        "redis://:hunter2{x}@redis:6379",
        "redis://:hunter2@redis:6379:6379",
        "redis://:hunter2@redis:-1",
        "redis://:hunter2@redis:99999999999",
        "redis://:hunter2@redis:6379/1/2",
        "redis://:hunter2@redis:6379/123456",
        "redis://:hunter2@redis:6379?db=one",
        "redis://:hunter2@redis:6379?db=",
        "redis://:hunter2@[::1",
        "redis://:hunter2@redis\nredis://two:6379",
        "http://:hunter2@redis:6379",
        "redis://redis:6379?db=hunter2",
        "redis://redis:6379?db=1&password=hunter2%",
      })
  void aMalformedAddressOfRedisIsNamedAndNotPrinted(String hosts) {
    var config = GatedConfig.with(Map.of("quarkus.redis.hosts", hosts));
    assertThat(config.all().getValue("quarkus.redis.hosts", String.class))
        .as("the value that Quarkus gets, because its own messages show it")
        .isEqualTo("redis://localhost:6379");
    assertThat(config.faults())
        .singleElement()
        .asString()
        .startsWith("quarkus.redis.hosts is malformed (test.properties): set redis://HOST:PORT")
        .doesNotContain("hunter2")
        .hasSizeLessThan(300);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis://localhost:6379",
        "redis://localhost",
        "rediss://user:p%40ss@redis.example:6380/2",
        "redis://[::1]:6379",
        "redis://one:6379, redis://two:6379",
        "unix:///run/redis.sock?db=1",
        "redis://redis:6379?client=broker",
      })
  void aUsableAddressOfRedisIsAccepted(String hosts) {
    assertThat(GatedConfig.with(Map.of("quarkus.redis.hosts", hosts)).faults()).isEmpty();
    assertThat(hosts.split(",", -1))
        .as("the client also accepts it, because its own messages would show it")
        .allSatisfy(host -> assertThat(new RedisURI(host.strip())).isNotNull());
  }

  @ParameterizedTest
  @ValueSource(strings = {"hun${ter2}", "${hunter2}", "hun${ter2", "${", "${}hunter2"})
  void aPasswordThatIsTakenForAnExpressionIsNamedAndNotPrinted(String password) {
    assertThat(GatedConfig.with(Map.of("quarkus.redis.password", password)).faults())
        .singleElement()
        .asString()
        .startsWith("quarkus.redis.password ")
        .doesNotContain("ter2");
  }

  @ParameterizedTest
  @CsvSource({
    "quarkus.redis.password, hunter2",
    "quarkus.redis.hosts, redis://:hunter2@redis:6379",
    "quarkus.redis.hosts, redis://redis:6379?password=hunter2"
  })
  void twoPasswordsOfRedisAreAFault(String key, String value) {
    var both = Map.of(key, value, "broker.redis.password-file", "/etc/password");
    assertThat(GatedConfig.with(both).faults())
        .singleElement()
        .asString()
        .contains("broker.redis.password-file and ", key, "remove one of them")
        .doesNotContain("hunter2");
    assertThat(GatedConfig.with(Map.of(key, value)).faults()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "quarkus.otel.exporter.otlp.protocol, grpc, 1",
    "quarkus.otel.exporter.otlp.traces.protocol, grpc, 1",
    "quarkus.otel.exporter.otlp.traces.protocol, HTTP/Protobuf, 1",
    "quarkus.otel.exporter.otlp.protocol, http/protobuf, 0",
    "quarkus.otel.exporter.otlp.traces.protocol, http/protobuf, 0",
  })
  void spansAreSentOverHttp(String key, String protocol, int faults) {
    assertThat(GatedConfig.with(Map.of(key, protocol)).faults())
        .hasSize(faults)
        .allSatisfy(it -> assertThat(it).contains(protocol, "set http/protobuf"));
  }

  @ParameterizedTest
  @CsvSource({
    "broker.tokens.safety-windw, broker.tokens.safety-window",
    "broker.token.safety-window, broker.tokens.safety-window",
    "broker.safety-window, broker.tokens.safety-window",
    "broker.callers.ratelimit, broker.callers.rate-limit",
    "broker.clients.refresh-ahead, broker.tokens.refresh-ahead",
    "broker.issuers.corp.key, broker.issuers.corp.keys",
    "broker.issuers.corp.isuer, broker.issuers.corp.issuer",
  })
  void aMisspeltKeyIsToldWhichOneWasMeant(String misspelt, String meant) {
    assertThat(GatedConfig.with(Map.of(misspelt, "1")).faults())
        .singleElement()
        .asString()
        .startsWith(misspelt + " is not a setting of the broker")
        .endsWith("Did you mean " + meant + "?");
  }

  @Test
  void aMisspeltVariableIsToldWhichOneWasMeant() {
    assertThat(GatedConfig.with(Map.of(), Map.of("BROKER_TOKENS_SAFTY_WINDOW", "1s")).faults())
        .singleElement()
        .asString()
        .startsWith("BROKER_TOKENS_SAFTY_WINDOW is not a setting")
        .endsWith("Did you mean BROKER_TOKENS_SAFETY_WINDOW?");
  }

  @Test
  void aKeyLikeNoOtherIsLeftWithoutAGuess() {
    assertThat(GatedConfig.with(Map.of("broker.nonsense", "1")).faults())
        .singleElement()
        .asString()
        .doesNotContain("Did you mean");
  }

  @Test
  void theElementsOfAListMayBeSetOneByOne() {
    var config =
        GatedConfig.with(
            Map.of(
                "broker.issuers.corp.algorithms[0]",
                "PS256",
                "broker.issuers.\"a.b\".algorithms",
                "ES256"));
    assertThat(config.faults()).isEmpty();
    assertThat(config.bound().issuers().keySet()).containsExactlyInAnyOrder("corp", "a.b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "proxy.test:3128",
        "http://proxy.test",
        "http://proxy.test:0",
        "http://proxy.test:65536",
        "https://proxy.test:3128",
        "socks5://proxy.test:1080",
        "http://user:geheim@proxy.test:3128",
        "http://proxy.test:3128/path",
        "http://proxy.test:3128?geheim",
        "http://a b:geheim@c:1",
      })
  void aProxyMustBeAnHttpAddressAndItsPasswordIsNotPrinted(String proxy) {
    assertThat(GatedConfig.with(Map.of("broker.upstream.proxy", proxy)).faults())
        .singleElement()
        .asString()
        .startsWith("broker.upstream.proxy is malformed (test.properties): set http://HOST:PORT")
        .contains("broker.upstream.proxy-credentials-file")
        .doesNotContain("geheim");
  }

  @Test
  void credentialsWithoutAProxyAndAMalformedExceptionAreFaults() {
    assertThat(
            GatedConfig.with(
                    Map.of(
                        "broker.upstream.proxy-credentials-file",
                        "/a/file",
                        "broker.upstream.no-proxy",
                        "https://a.test"))
                .faults())
        .hasSize(2)
        .anyMatch(it -> it.contains("but broker.upstream.proxy is not: set the address"))
        .anyMatch(it -> it.startsWith("broker.upstream.no-proxy is \"https://a.test\""));
    assertThat(
            GatedConfig.with(Map.of("broker.upstream.proxy", "http://[::1]:1"))
                .bound()
                .upstream()
                .proxy())
        .hasValue(new ProxyAddress("::1", 1));
  }
}
