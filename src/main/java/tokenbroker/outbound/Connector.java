package tokenbroker.outbound;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.time.Duration;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;
import tokenbroker.time.Ticker;

/** Opens a connection to one address: TCP, the tunnel of an egress proxy, and TLS. Blocks. */
final class Connector {

  private final int limitMillis;
  private final TlsSockets tls;
  private final Egress egress;
  private final Ticker ticker;

  /**
   * Creates a connector.
   *
   * @param limit the time limit for each of TCP, the tunnel and each step of the TLS handshake
   */
  Connector(Duration limit, TlsSockets tls, Egress egress, Ticker ticker) {
    this.limitMillis = Math.clamp(limit.toMillis(), 1, Integer.MAX_VALUE);
    this.tls = tls;
    this.egress = egress;
    this.ticker = ticker;
  }

  /**
   * Returns an open connection.
   *
   * @param opens receives the socket first, so that it can close the socket at any time
   */
  HttpConnection connect(Route route, InetAddress address, Consumer<Socket> opens)
      throws IOException {
    var socket = new Socket(Proxy.NO_PROXY);
    opens.accept(socket);
    try {
      socket.setTcpNoDelay(true);
      reach(socket, route, address);
      var layered = route.origin().tls() ? secured(socket, route.origin()) : socket;
      socket.setSoTimeout(0);
      return new HttpConnection(route, address, socket, layered, ticker.now());
    } catch (IOException | RuntimeException e) {
      TimeLimit.close(socket);
      throw e;
    }
  }

  /** Connects to the server: directly, or through a tunnel of the proxy at this address. */
  private void reach(Socket socket, Route route, InetAddress address) throws IOException {
    var proxy = route.proxy();
    try {
      socket.connect(new InetSocketAddress(address, route.port()), limitMillis);
      socket.setSoTimeout(limitMillis);
      if (proxy != null) {
        Tunnel.open(socket, proxy, route.origin(), egress.authorization());
      }
    } catch (Tunnel.Failed e) {
      throw e;
    } catch (IOException e) {
      throw proxy == null ? e : Tunnel.failed(proxy, OutboundHttp.reason(e));
    }
  }

  /** Adds TLS. The certificate must be trusted and must name the host. */
  private Socket secured(Socket socket, Origin origin) throws IOException {
    var secured =
        (SSLSocket) tls.factory().createSocket(socket, origin.host(), origin.port(), true);
    var parameters = secured.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secured.setSSLParameters(parameters);
    secured.startHandshake();
    return secured;
  }
}
