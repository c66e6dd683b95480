package tokenbroker.server;

import io.netty.bootstrap.ServerBootstrap;
import io.quarkus.arc.Arc;
import io.vertx.core.impl.transports.JDKTransport;
import io.vertx.core.net.NetServerOptions;

/**
 * The JDK's sockets, with an {@link Entrance} at each port that is opened. No other hook sees a
 * connection before anything is read or allocated for it. The limits of Quarkus and Vert.x count
 * only connections that have sent something or completed their handshake.
 */
final class GuardedTransport extends JDKTransport {

  @Override
  public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
    super.configure(options, domainSocket, bootstrap);
    var container = Arc.container();
    if (container != null && container.isRunning() && !domainSocket) {
      bootstrap.handler(container.instance(Ports.class).get().entrance(options));
    }
  }
}
