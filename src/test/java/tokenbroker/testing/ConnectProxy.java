package tokenbroker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tokenbroker.testing.RawServer.Line;

/**
 * A strict egress proxy on a real socket. It opens tunnels to the servers that the test has named,
 * and refuses what a real proxy refuses: other methods and malformed requests (400), missing or
 * wrong credentials (407), and other servers (403). A server that does not accept a connection is a
 * 502.
 */
public final class ConnectProxy implements AutoCloseable {

  private final RawServer server;
  private final Map<String, Integer> ports = new ConcurrentHashMap<>();
  private final List<String> tunnels = new CopyOnWriteArrayList<>();
  private volatile @Nullable String credentials;

  private ConnectProxy(RawServer server) {
    this.server = server.script(this::serve);
  }

  public static ConnectProxy start() {
    return startOn(0);
  }

  /** Starts on a given port of 127.0.0.1, such as that of a proxy that was closed. */
  public static ConnectProxy startOn(int port) {
    return new ConnectProxy(RawServer.on("127.0.0.1", port));
  }

  /** Allows tunnels to a server, such as {@code right.test:443}, which is at a local port. */
  public ConnectProxy allow(String authority, int localPort) {
    ports.put(authority, localPort);
    return this;
  }

  /** Requires credentials of the form {@code user:password}. */
  public ConnectProxy require(String userAndPassword) {
    credentials = userAndPassword;
    return this;
  }

  public int port() {
    return server.port();
  }

  public String url() {
    return "http://127.0.0.1:" + port();
  }

  /** Returns the heads of all requests so far, in order. */
  public List<String> heads() {
    return server.heads();
  }

  /** Returns the authorities of all opened tunnels, in order. */
  public List<String> tunnels() {
    return List.copyOf(tunnels);
  }

  /** Closes the proxy and all tunnels. */
  @Override
  public void close() {
    server.close();
  }

  private void serve(Line line) throws IOException, InterruptedException {
    var lines = Arrays.asList(line.request().split("\r\n"));
    var first = lines.getFirst().split(" ", -1);
    var headers = headers(lines.subList(1, lines.size()));
    var isConnect =
        first.length == 3
            && first[0].equals("CONNECT")
            && first[1].matches("[a-z0-9.-]+:[0-9]+")
            && first[2].equals("HTTP/1.1")
            && first[1].equals(headers.get("Host"));
    if (!isConnect || headers.containsKey("Authorization")) {
      line.answer(400, "");
    } else if (!isAuthorized(headers.get("Proxy-Authorization"))) {
      line.write("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
    } else {
      tunnel(line, first[1]);
    }
  }

  /** Returns the headers, without those that are malformed or occur twice. */
  private static Map<String, String> headers(List<String> lines) {
    var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    for (var line : lines) {
      var parts = line.split(": ", 2);
      if (parts.length != 2 || headers.put(parts[0], parts[1]) != null) {
        return Map.of();
      }
    }
    return headers;
  }

  private boolean isAuthorized(@Nullable String header) {
    var required = credentials;
    return required == null
        || ("Basic " + Base64.getEncoder().encodeToString(required.getBytes(UTF_8))).equals(header);
  }

  private void tunnel(Line line, String authority) throws IOException, InterruptedException {
    var port = ports.get(authority);
    if (port == null) {
      line.answer(403, "");
      return;
    }
    Socket target;
    try {
      target = new Socket(InetAddress.getLoopbackAddress(), port);
    } catch (IOException e) {
      line.answer(502, "");
      return;
    }
    tunnels.add(authority);
    line.write("HTTP/1.1 200 Connection established\r\n\r\n");
    line.passOnTo(target);
  }
}
