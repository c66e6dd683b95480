package tokenbroker.server;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.vertx.http.runtime.management.ManagementConfig;
import io.quarkus.vertx.http.runtime.options.HttpServerOptionsUtils;
import io.vertx.core.net.NetServerOptions;
import jakarta.inject.Singleton;
import java.util.function.ToDoubleFunction;
import tokenbroker.config.BrokerConfig;

/**
 * The connection slots of the port for callers, with or without TLS, and of the management port.
 */
@Singleton
@Unremovable
class Ports {

  /**
   * The maximum memory of a slot in bytes: a connection, its request, and what the broker derives
   * from it.
   */
  static final long BYTES_PER_PLACE = 48 * 1024;

  private static final int FEWEST_PLACES = 64;
  private static final int MOST_PLACES = 20_000;

  /** The slots for kubelets, Prometheus and people. */
  private static final int FOR_MANAGEMENT = 128;

  private static final double MANAGEMENT_SHARE = 0.5;

  private final ManagementConfig management;
  private final Entrance ofCallers;
  private final Entrance ofManagement;

  Ports(
      BrokerConfig config,
      ManagementConfig management,
      RefusalForm form,
      Shortcut shortcut,
      MeterRegistry registry) {
    this.management = management;
    var server = config.server();
    var all =
        server.maxConnections() > 0
            ? server.maxConnections()
            : fitting(Runtime.getRuntime().maxMemory());
    var callers = new Places(all, server.addressShare());
    var inside = new Places(FOR_MANAGEMENT, MANAGEMENT_SHARE);
    this.ofCallers = new Entrance(callers, form, shortcut, server.plainHttp2());
    this.ofManagement = new Entrance(inside, form, null, false);
    measure(callers, "callers", registry);
    measure(inside, "management", registry);
  }

  /** Returns how many slots fit into three eighths of the heap. */
  static int fitting(long heap) {
    return Math.clamp(heap * 3 / 8 / BYTES_PER_PLACE, FEWEST_PLACES, MOST_PLACES);
  }

  Entrance entrance(NetServerOptions options) {
    return options.getPort() == managementPort() ? ofManagement : ofCallers;
  }

  private int managementPort() {
    var port = management.determinePort(LaunchMode.current());
    return port == 0 ? HttpServerOptionsUtils.RANDOM_PORT_MANAGEMENT : port;
  }

  private static void measure(Places places, String port, MeterRegistry registry) {
    Gauge.builder("token_broker.server.connections", places, Places::taken)
        .description("Open connections and HTTP/2 streams")
        .tag("port", port)
        .strongReference(true)
        .register(registry);
    Gauge.builder("token_broker.server.connections.limit", places, Places::all)
        .description("Maximum number of open connections and HTTP/2 streams of the port")
        .tag("port", port)
        .strongReference(true)
        .register(registry);
    count(places, port, "full", Places::refusedAsFull, registry);
    count(places, port, "address", Places::refusedByShare, registry);
  }

  private static void count(
      Places places,
      String port,
      String reason,
      ToDoubleFunction<Places> count,
      MeterRegistry registry) {
    FunctionCounter.builder("token_broker.server.connections.refused", places, count)
        .description("Connections and HTTP/2 streams that were rejected because of a limit")
        .tag("port", port)
        .tag("reason", reason)
        .register(registry);
  }
}
