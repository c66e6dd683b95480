package tokenbroker.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * Free ports of the loopback interface, for processes that a test starts.
 *
 * <p>No other JVM is given the same port, although nobody listens on it yet: a JVM claims a block
 * of ports by listening on the first of them for as long as it lives. The kernel does not give them
 * to outgoing connections either, because ephemeral ports begin at 32768 on Linux. No port is given
 * twice. The bus of a Redis Cluster listens 10,000 above its node: such a port is in no block.
 */
public final class FreePorts {

  private static final int FIRST = 10_000;
  private static final int END = 20_000;
  private static final int BLOCK = 100;

  /** Holds the claims: sockets that are not referenced might be closed. */
  private static final List<ServerSocket> CLAIMS = new ArrayList<>();

  private static int next = FIRST;

  /** The end of the block that was claimed last. */
  private static int end = FIRST;

  private FreePorts() {}

  /** Returns a port on which nobody listens. */
  public static synchronized int free() {
    while (true) {
      if (next == end) {
        claimBlock();
      }
      var port = next++;
      if (isFree(port)) {
        return port;
      }
    }
  }

  private static void claimBlock() {
    for (next = end; next < END; next = end) {
      end = next + BLOCK;
      try {
        CLAIMS.add(listen(next));
        next++;
        return;
      } catch (IOException e) {
        // Another JVM has claimed this block.
      }
    }
    throw new IllegalStateException("no port is free from " + FIRST + " to " + END);
  }

  private static boolean isFree(int port) {
    try (var _ = listen(port)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static ServerSocket listen(int port) throws IOException {
    return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
  }
}
