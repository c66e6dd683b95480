package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Clients;
import tokenbroker.testing.FreePorts;
import tokenbroker.testing.Measured;
import tokenbroker.testing.Site;

/**
 * Proves that the broker works through Envoy's Redis proxy, which supports neither {@code HELLO 3}
 * nor {@code SUBSCRIBE}. {@code examples/proxies/envoy/run install} installs Envoy.
 */
class RedisProxyIT {

  private static final int CLIENTS = 20;
  private static final Path INSTALLED = Path.of("target", "proxies", "envoy", "venv", "lib");

  @RegisterExtension private final Site site = new Site().clients(CLIENTS);

  private final int port = FreePorts.free();
  private @Nullable Process proxy;

  @BeforeEach
  void start() throws IOException {
    var program = envoy();
    assumeThat(program).as("Envoy in %s", INSTALLED).isPresent();
    proxy = start(program.orElseThrow());
  }

  @AfterEach
  void end() {
    if (proxy != null) {
      proxy.destroyForcibly();
      proxy.onExit().join();
    }
  }

  @Test
  void withoutNegotiationReplicasShareTokensAndHearNoAnnouncements() {
    var brokers = site.start(settings().with("quarkus.redis.protocol-negotiation", false), 2);
    await().until(() -> brokers.stream().allMatch(it -> it.metric("token_broker_store_up") == 1));
    for (var path : Clients.paths(CLIENTS)) {
      var one = brokers.getFirst().get(path, site.caller()).headers().firstValue("Token-Id");
      var two = brokers.getLast().get(path, site.caller()).headers().firstValue("Token-Id");
      assertThat(two).isEqualTo(one).isPresent();
    }

    assertThat(site.upstream().count()).isEqualTo(CLIENTS);
    assertThat(brokers.getFirst().managementGet("/q/health/ready")).contains("not heard");
    Measured.say(
        "withoutNegotiationReplicasShareTokensAndHearNoAnnouncements",
        "%d fetches for %d clients of two replicas".formatted(CLIENTS, CLIENTS));
  }

  @Test
  void withNegotiationTheLogNamesTheSettingAndCallersAreServed() {
    var broker = site.start(settings());
    assertThat(broker.get(Clients.paths(1).getFirst(), site.caller()).statusCode()).isEqualTo(200);

    broker.awaitOutput("set quarkus.redis.protocol-negotiation=false");
  }

  private BrokerProcess.Settings settings() {
    return site.settings().with("quarkus.redis.hosts", "redis://127.0.0.1:" + port);
  }

  private Process start(Path program) throws IOException {
    var settings =
        """
        static_resources:
          listeners:
            - address: { socket_address: { address: 127.0.0.1, port_value: %d } }
              filter_chains:
                - filters:
                    - name: envoy.filters.network.redis_proxy
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.redis_proxy.v3.RedisProxy
                        stat_prefix: redis
                        settings: { op_timeout: 5s, enable_hashtagging: true }
                        prefix_routes: { catch_all_route: { cluster: redis } }
          clusters:
            - name: redis
              type: STATIC
              load_assignment:
                cluster_name: redis
                endpoints: [ { lb_endpoints: [ { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ] } ]
        """
            .formatted(port, site.redis().port());
    var file = Files.writeString(site.directory().resolve("envoy.yaml"), settings);
    var command = List.of("--config-path", file.toString(), "--disable-hot-restart");
    return new ProcessBuilder(
            Stream.concat(Stream.of(program.toString()), command.stream()).toList())
        .redirectErrorStream(true)
        .redirectOutput(site.directory().resolve("envoy.log").toFile())
        .start();
  }

  private static Optional<Path> envoy() throws IOException {
    if (!Files.isDirectory(INSTALLED)) {
      return Optional.empty();
    }
    try (var pythons = Files.list(INSTALLED)) {
      return pythons
          .map(python -> python.resolve("site-packages/envoy/_bin/envoy"))
          .filter(Files::isExecutable)
          .findFirst();
    }
  }
}
