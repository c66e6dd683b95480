package tokenbroker.redis;

import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.ZModem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The map from slots to the nodes of a cluster, as {@code CLUSTER SLOTS} and redirections report
 * it. Nodes are named {@code host:port}.
 *
 * @param ranges the ranges that the cluster reported
 * @param moved the slots that have moved since then
 */
record SlotMap(List<SlotRange> ranges, Map<Integer, String> moved) {

  static final SlotMap UNKNOWN = new SlotMap(List.of(), Map.of());

  /** A range of slots of one master, including the last one. */
  record SlotRange(int first, int last, String master) {}

  static int slotOf(String key) {
    return ZModem.generate(key);
  }

  static int slotOf(byte[] key) {
    return ZModem.generate(key);
  }

  /**
   * Reads the response to {@code CLUSTER SLOTS}.
   *
   * @param asked the node that responded; a node without a name has the same host
   * @throws RuntimeException if the response has another form
   */
  static SlotMap of(Response answer, String asked) {
    var ranges = new ArrayList<SlotRange>();
    for (var range : answer) {
      var master = range.get(2);
      ranges.add(
          new SlotRange(
              range.get(0).toInteger(),
              range.get(1).toInteger(),
              node(String.valueOf(master.get(0)), master.get(1).toInteger(), asked)));
    }
    return new SlotMap(List.copyOf(ranges), Map.of());
  }

  /**
   * Reads the address of a redirection.
   *
   * @param address an address as in {@code MOVED 3999 host:port}; the host may be missing
   */
  static String node(String address, String asked) {
    var colon = address.lastIndexOf(':');
    return node(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)), asked);
  }

  private static String node(String host, int port, String asked) {
    var isUnnamed = host.isEmpty() || host.equals("null") || host.equals("?");
    var named = isUnnamed ? asked.substring(0, asked.lastIndexOf(':')) : host;
    var isBareIpv6 = named.contains(":") && !named.startsWith("[");
    return (isBareIpv6 ? "[" + named + "]" : named) + ":" + port;
  }

  /** Returns the node that holds a slot; null if none is known. */
  @Nullable String nodeOf(int slot) {
    var newer = moved.get(slot);
    if (newer != null) {
      return newer;
    }
    for (var range : ranges) {
      if (range.first <= slot && slot <= range.last) {
        return range.master;
      }
    }
    return null;
  }

  List<String> nodes() {
    var nodes = new LinkedHashSet<String>();
    ranges.forEach(range -> nodes.add(range.master));
    nodes.addAll(moved.values());
    return List.copyOf(nodes);
  }

  SlotMap moved(int slot, String node) {
    var all = new HashMap<>(moved);
    all.put(slot, node);
    return new SlotMap(ranges, Map.copyOf(all));
  }
}
