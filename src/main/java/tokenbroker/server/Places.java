package tokenbroker.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * The connection slots of a port. Each connection uses one, even if it sends nothing, and so does
 * each HTTP/2 stream. One remote address may use only a share of them. A 64-bit IPv6 network counts
 * as one address, because a single host owns all of it.
 */
final class Places {

  private final int all;
  private final int perAddress;
  private final Map<Object, Integer> byAddress = new HashMap<>();
  private int taken;
  private long refusedAsFull;
  private long refusedByShare;

  /**
   * Creates free slots.
   *
   * @param share the share that one address may use, such as 0.5
   */
  Places(int all, double share) {
    this.all = all;
    this.perAddress = Math.max(1, (int) (all * share));
  }

  /**
   * Takes a slot and returns true, or returns false if the address gets none. The caller must give
   * back each slot that it takes.
   */
  synchronized boolean take(InetAddress address) {
    var owner = owner(address);
    var held = byAddress.getOrDefault(owner, 0);
    if (held >= perAddress) {
      refusedByShare++;
      return false;
    }
    if (taken >= all) {
      refusedAsFull++;
      return false;
    }
    byAddress.put(owner, held + 1);
    taken++;
    return true;
  }

  synchronized void giveBack(InetAddress address) {
    byAddress.computeIfPresent(owner(address), (_, held) -> held == 1 ? null : held - 1);
    taken--;
  }

  int all() {
    return all;
  }

  synchronized int taken() {
    return taken;
  }

  synchronized long refusedAsFull() {
    return refusedAsFull;
  }

  synchronized long refusedByShare() {
    return refusedByShare;
  }

  private static Object owner(InetAddress address) {
    return address instanceof Inet6Address
        ? ByteBuffer.wrap(address.getAddress()).getLong()
        : address;
  }
}
