package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Certificate;
import tokenbroker.testing.ConnectedSite;
import tokenbroker.testing.FreePorts;
import tokenbroker.testing.Measured;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.RedisCluster;
import tokenbroker.testing.RedisSecurity;
import tokenbroker.testing.RedisSentinels;
import tokenbroker.testing.RedisServer;
import tokenbroker.testing.SteadyCallers;

/**
 * Proves that the broker works with every server in the table of docs/redis.md, in the strictest
 * settings of each mode: passwords, and TLS with client certificates.
 */
class RedisServersIT {

  private static final Pattern RIGHTS =
      Pattern.compile("(?m)^ACL SETUSER (token-broker on >PASSWORD .*)$");
  private static final Duration LONG = Duration.ofMinutes(1);

  @RegisterExtension private final ConnectedSite site = new ConnectedSite();

  @TempDir private Path directory;

  private RedisSecurity security;

  static List<RedisServer> servers() {
    return RedisServer.all();
  }

  @BeforeEach
  void certificate() {
    var pem = directory.resolve("tls");
    Certificate.in(directory).writePem(pem);
    security = new RedisSecurity("of-redis", pem);
  }

  @ParameterizedTest
  @MethodSource("servers")
  void oneServerWithAUserOfLeastRightsAndClientCertificates(RedisServer server) throws IOException {
    var tlsPort = FreePorts.free();
    var settings = new ArrayList<>(new RedisSecurity("", security.certificate()).settings(tlsPort));
    settings.addAll(List.of("--aclfile", users().toString()));
    try (var redis = new RealRedis(server, settings.toArray(String[]::new))) {
      site.files().write("password", "PASSWORD");
      var brokers =
          site.start(
              new RedisSecurity("", security.certificate())
                  .of(site.settings())
                  .with(
                      "quarkus.redis.hosts", "rediss://127.0.0.1:" + tlsPort + "?user=token-broker")
                  .with("broker.redis.password-file", site.directory().resolve("password")),
              2);
      site.assertShared(brokers.getFirst(), brokers.getLast());

      var paths = List.of("/tokens/acme", "/tokens/bolt");
      try (var callers = SteadyCallers.on(brokers, paths, site.caller(), 50)) {
        redis.stop();
        await().until(() -> brokers.getFirst().metric("token_broker_store_up") == 0);
        redis.restart();
        await().atMost(LONG).until(() -> areUp(brokers));
        var calls = callers.end();
        assertThat(calls).allSatisfy(call -> assertThat(call.status()).isEqualTo(200));
        say("oneServerWithAUserOfLeastRightsAndClientCertificates", server, calls.size());
      }
      site.assertConnectionsAreShared(brokers.getFirst(), brokers.getLast());
      assertNoRefusal(brokers);
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void sentinelsWithPasswordsAndTls(RedisServer server) {
    try (var redis = new RedisSentinels(directory, server, security)) {
      var brokers =
          site.start(
              security
                  .of(site.settings())
                  .with("quarkus.redis.hosts", redis.url())
                  .with("quarkus.redis.client-type", "sentinel")
                  .with("quarkus.redis.master-name", RedisSentinels.MASTER_NAME),
              2);
      site.assertShared(brokers.getFirst(), brokers.getLast());

      var paths = List.of("/tokens/acme", "/tokens/bolt");
      try (var callers = SteadyCallers.on(brokers, paths, site.caller(), 50)) {
        redis.killMaster();
        await().atMost(LONG).until(redis::hasFailedOver);
        await().atMost(LONG).until(() -> areUp(brokers));
        var calls = callers.end();
        assertThat(calls).allSatisfy(call -> assertThat(call.status()).isEqualTo(200));
        say("sentinelsWithPasswordsAndTls", server, calls.size());
      }
      site.assertConnectionsAreShared(brokers.getFirst(), brokers.getLast());
      assertNoRefusal(brokers);
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void aClusterWithAPasswordAndTls(RedisServer server) {
    try (var redis = new RedisCluster(directory, server, security)) {
      var brokers =
          site.start(
              security
                  .of(site.settings())
                  .with("quarkus.redis.hosts", redis.urls())
                  .with("quarkus.redis.client-type", "cluster"),
              2);
      site.assertShared(brokers.getFirst(), brokers.getLast());
      assertNoRefusal(brokers);
    }
  }

  /** Writes the documented rights into a file, which outlives a restart of the server. */
  private Path users() throws IOException {
    var rights = RIGHTS.matcher(Files.readString(Path.of("docs", "redis.md")));
    assertThat(rights.find()).isTrue();
    return Files.writeString(
        directory.resolve("users.acl"),
        "user default on nopass ~* &* +@all\nuser " + rights.group(1) + "\n");
  }

  private static boolean areUp(List<BrokerProcess> brokers) {
    return brokers.stream()
        .allMatch(
            broker ->
                broker.metric("token_broker_store_up") == 1
                    && broker.managementGet("/q/health/ready").contains("\"heard\""));
  }

  private void assertNoRefusal(List<BrokerProcess> brokers) {
    assertThat(brokers)
        .allSatisfy(
            broker ->
                assertThat(site.outputOf(broker)).doesNotContain("NOPERM", "NOAUTH", "WRONGPASS"));
  }

  private static void say(String test, RedisServer server, int calls) {
    Measured.say(test + "(" + server + ")", calls + " calls, 0 failed");
  }
}
