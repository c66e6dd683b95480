package tokenbroker.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * The places of a port. A connection holds one, whether it sends anything or not, and so does each
 * HTTP/2 stream. One remote address holds a share of them at most; of IPv6, a network of 64 bits
 * counts as one address, since a host has all of it.
 */
final class Places {

  private final int all;
  private final int perAddress;
  private final Map<Object, Integer> byAddress = new HashMap<>();
  private int taken;
  private long refusedAsFull;
  private long refusedByShare;

  /**
   * Makes free places.
   *
   * @param share what one address may hold at most, such as 0.5
   */
  Places(int all, double share) {
    this.all = all;
    this.perAddress = Math.max(1, (int) (all * share));
  }

  /** Returns whether the address got a place. Who gets one gives it back. */
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
