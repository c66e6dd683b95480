package tokenbroker.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves that the environment variables in the reference set their keys. */
class EnvironmentVariablesTest {

  @Test
  void everyVariableOfTheReferenceSetsItsKey() throws IOException {
    var values =
        Map.ofEntries(
            Map.entry("broker.store", "memory"),
            Map.entry("broker.clients.file", "/a/clients.yaml"),
            Map.entry("broker.clients.secrets", "/a/secrets"),
            Map.entry("broker.clients.reload-every", "11s"),
            Map.entry("broker.issuers.<name>.issuer", "https://issuer.example"),
            Map.entry("broker.issuers.<name>.keys", "https://issuer.example/keys"),
            Map.entry("broker.issuers.<name>.keys-token-file", "/a/token"),
            Map.entry("broker.issuers.<name>.keys-ca-file", "/a/ca.pem"),
            Map.entry("broker.issuers.<name>.audience", "broker.example"),
            Map.entry("broker.issuers.<name>.algorithms", "PS256,EdDSA"),
            Map.entry("broker.issuers.<name>.token-review", "true"),
            Map.entry("broker.issuers.<name>.token-review-api-server", "https://west:6443"),
            Map.entry("broker.issuers.<name>.token-review-token-file", "/a/review-token"),
            Map.entry("broker.issuers.<name>.token-review-ca-file", "/a/review-ca.pem"),
            Map.entry("broker.issuers.<name>.token-review-unavailable", "refuse"),
            Map.entry("broker.callers.rate-limit", "11"),
            Map.entry("broker.callers.burst", "22"),
            Map.entry("broker.callers.remembered", "23"),
            Map.entry("broker.redis.password-file", "/a/password"),
            Map.entry("broker.seal.keys", "/a/keys"),
            Map.entry("broker.seal.primary", "2026-11"),
            Map.entry("broker.tokens.safety-window", "31s"),
            Map.entry("broker.tokens.refresh-ahead", "0.5"),
            Map.entry("broker.tokens.idle-after", "3.5"),
            Map.entry("broker.upstream.connect-timeout", "3s"),
            Map.entry("broker.upstream.timeout", "6s"),
            Map.entry("broker.upstream.backoff", "2s..40s"),
            Map.entry("broker.upstream.proxy", "http://proxy.example:3128"),
            Map.entry("broker.upstream.proxy-credentials-file", "/a/proxy"),
            Map.entry("broker.upstream.no-proxy", "idp.example, .corp.example"),
            Map.entry("broker.upstream.ca-file", "/a/upstream-ca.pem"),
            Map.entry("broker.metrics.clients", "44"),
            Map.entry("broker.connections.public-url", "https://connect.example"),
            Map.entry("broker.oauth.issuer", "https://broker.example"),
            Map.entry("broker.connections.keep-alive", "3d"),
            Map.entry("broker.audit.required", "true"),
            Map.entry("broker.audit.replica", "broker-1"),
            Map.entry("broker.server.max-connections", "55"),
            Map.entry("broker.server.address-share", "0.25"),
            Map.entry("broker.server.plain-http2", "true"));
    var environment = new HashMap<String, String>();
    for (var group : ConfigurationReferenceTest.reference().groups()) {
      for (var key : group.keys()) {
        assertThat(values).as("a valid value for each key").containsKey(key.name());
        environment.put(
            key.environmentVariable().replace("<NAME>", "CLUSTER"), values.get(key.name()));
      }
    }

    var config = bound(environment);

    assertThat(config.store()).isEqualTo(BrokerConfig.Store.MEMORY);
    assertThat(config.audit().required()).isTrue();
    assertThat(config.audit().replica()).hasValue("broker-1");
    assertThat(config.server().maxConnections()).isEqualTo(55);
    assertThat(config.server().addressShare()).isEqualTo(0.25);
    assertThat(config.server().plainHttp2()).isTrue();
    assertThat(config.clients().file()).isEqualTo(Path.of("/a/clients.yaml"));
    assertThat(config.clients().secrets()).isEqualTo(Path.of("/a/secrets"));
    assertThat(config.clients().reloadEvery()).isEqualTo(Duration.ofSeconds(11));
    assertThat(config.issuers()).containsOnlyKeys("cluster");
    var issuer = config.issuers().values().iterator().next();
    assertThat(issuer.issuer()).hasValue("https://issuer.example");
    assertThat(issuer.keys()).hasValue("https://issuer.example/keys");
    assertThat(issuer.keysTokenFile()).hasValue(Path.of("/a/token"));
    assertThat(issuer.keysCaFile()).hasValue(Path.of("/a/ca.pem"));
    assertThat(issuer.audience()).isEqualTo("broker.example");
    assertThat(issuer.algorithms()).containsExactly("PS256", "EdDSA");
    assertThat(issuer.tokenReview()).isTrue();
    assertThat(issuer.tokenReviewApiServer()).hasValue("https://west:6443");
    assertThat(issuer.tokenReviewTokenFile()).hasValue(Path.of("/a/review-token"));
    assertThat(issuer.tokenReviewCaFile()).hasValue(Path.of("/a/review-ca.pem"));
    assertThat(issuer.tokenReviewUnavailable()).isEqualTo(BrokerConfig.Unreviewed.REFUSE);
    assertThat(config.callers().rateLimit()).isEqualTo(11);
    assertThat(config.callers().burst()).isEqualTo(22);
    assertThat(config.callers().remembered()).isEqualTo(23);
    assertThat(config.metrics().clients()).isEqualTo(44);
    assertThat(config.oauth().issuer()).hasValue(URI.create("https://broker.example"));
    assertThat(config.connections().publicUrl()).hasValue(URI.create("https://connect.example"));
    assertThat(config.connections().keepAlive()).isEqualTo(Duration.ofDays(3));
    assertThat(config.redis().passwordFile()).hasValue(Path.of("/a/password"));
    assertThat(config.seal().keys()).hasValue(Path.of("/a/keys"));
    assertThat(config.seal().primary()).hasValue("2026-11");
    assertThat(config.tokens().safetyWindow()).isEqualTo(Duration.ofSeconds(31));
    assertThat(config.tokens().refreshAhead()).isEqualTo(0.5);
    assertThat(config.tokens().idleAfter()).isEqualTo(3.5);
    assertThat(config.upstream().connectTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.upstream().timeout()).isEqualTo(Duration.ofSeconds(6));
    assertThat(config.upstream().proxy()).hasValue(new ProxyAddress("proxy.example", 3128));
    assertThat(config.upstream().proxyCredentialsFile()).hasValue(Path.of("/a/proxy"));
    assertThat(config.upstream().noProxy().entries())
        .containsExactly("idp.example", ".corp.example");
    assertThat(config.upstream().caFile()).hasValue(Path.of("/a/upstream-ca.pem"));
    assertThat(config.upstream().backoff())
        .isEqualTo(new BackoffRange(Duration.ofSeconds(2), Duration.ofSeconds(40)));
  }

  @ParameterizedTest
  @CsvSource({
    "BROKER_ISSUERS__CLUSTER__KEYS_TOKEN_FILE, cluster",
    "BROKER_ISSUERS__CORP2__KEYS_TOKEN_FILE, corp2",
    // An underscore in a variable's name can only mean a dot.
    "BROKER_ISSUERS__MY_CLUSTER__KEYS_TOKEN_FILE, my.cluster",
  })
  void theIssuersNameIsReadFromTheVariable(String variable, String issuer) {
    assertThat(bound(Map.of(variable, "/a/token")).issuers()).containsOnlyKeys(issuer);
  }

  private static BrokerConfig bound(Map<String, String> environment) {
    return new SmallRyeConfigBuilder()
        .addDiscoveredConverters()
        .withMapping(BrokerConfig.class)
        .withSources(new EnvConfigSource(environment, EnvConfigSource.ORDINAL))
        .build()
        .getConfigMapping(BrokerConfig.class);
  }
}
