package tokenbroker.startup;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;

/**
 * Checks whether the broker can listen on its ports, before it announces that it has started.
 * Quarkus opens them last, and reports a management port that is in use with a stack trace.
 */
final class ListeningPorts {

  private static final int CALLERS = 8080;
  private static final int CALLERS_WITH_TLS = 8443;
  private static final int MANAGEMENT = 9000;

  /** How far the suggested port is from the one that is in use. */
  private static final int NEXT = 10;

  private ListeningPorts() {}

  static Stream<String> faults(Config config) {
    var isTlsOnly =
        config
            .getOptionalValue("quarkus.http.insecure-requests", String.class)
            .filter("disabled"::equalsIgnoreCase)
            .isPresent();
    return Stream.of(
            isTlsOnly
                ? fault(config, "quarkus.http.host", "quarkus.http.ssl-port", CALLERS_WITH_TLS)
                : fault(config, "quarkus.http.host", "quarkus.http.port", CALLERS),
            fault(config, "quarkus.management.host", "quarkus.management.port", MANAGEMENT))
        .flatMap(Optional::stream);
  }

  private static Optional<String> fault(Config config, String host, String key, int otherwise) {
    var port = config.getOptionalValue(key, Integer.class).orElse(otherwise);
    var address =
        new InetSocketAddress(config.getOptionalValue(host, String.class).orElse("0.0.0.0"), port);
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(
          true); // As the server does: a former process may have connections left.
      socket.bind(address);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          "%s is %d, but the broker cannot listen on %s:%d: %s. Stop the process that listens there, or set another port, such as -D%s=%d"
              .formatted(
                  key, port, address.getHostString(), port, e.getMessage(), key, port + NEXT));
    }
  }
}
