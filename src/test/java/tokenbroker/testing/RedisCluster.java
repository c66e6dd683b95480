package tokenbroker.testing;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A Redis Cluster of three masters, on free ports of the loopback interface. It serves the slots of
 * the other nodes if one node is down.
 */
public final class RedisCluster implements AutoCloseable {

  private static final int SLOTS = 16_384;
  private static final int NODES = 3;

  private final RedisSecurity security;
  private final List<Integer> tlsPorts;
  private final List<RealRedis> nodes;

  /**
   * @param directory for the nodes' configuration files
   */
  public RedisCluster(Path directory) {
    this(directory, RedisServer.DEFAULT, RedisSecurity.NONE);
  }

  /** Starts servers of another version, which all use the same password and TLS. */
  public RedisCluster(Path directory, RedisServer server, RedisSecurity security) {
    this.security = security;
    this.tlsPorts = IntStream.range(0, NODES).map(i -> FreePorts.free()).boxed().toList();
    nodes = IntStream.range(0, NODES).mapToObj(i -> node(directory, server, i)).toList();
    for (var i = 0; i < NODES; i++) {
      var slots = IntStream.range(SLOTS * i / NODES, SLOTS * (i + 1) / NODES);
      nodes
          .get(i)
          .command(
              "CLUSTER ADDSLOTS "
                  + slots.mapToObj(Integer::toString).collect(Collectors.joining(" ")));
      nodes.getFirst().command("CLUSTER MEET 127.0.0.1 " + clusterPort(i));
    }
    await()
        .until(
            () ->
                nodes.stream()
                    .allMatch(node -> node.command("CLUSTER INFO").equals("cluster_state:ok")));
  }

  /** The addresses of the nodes, as {@code host:port}. */
  public List<String> addresses() {
    return nodes.stream().map(node -> "127.0.0.1:" + node.port()).toList();
  }

  public List<RealRedis> nodes() {
    return nodes;
  }

  /** Returns the node that holds the slot of a key, unless the slot was moved. */
  public RealRedis nodeOf(String key) {
    return nodes.get(slotOf(key) * NODES / SLOTS);
  }

  private int slotOf(String key) {
    return Integer.parseInt(anyAlive().command("CLUSTER KEYSLOT " + key).substring(1));
  }

  private RealRedis anyAlive() {
    return nodes.stream().filter(RealRedis::isAlive).findFirst().orElseThrow();
  }

  public String urls() {
    return IntStream.range(0, NODES)
        .mapToObj(i -> (security.isTls() ? "rediss" : "redis") + "://127.0.0.1:" + clusterPort(i))
        .collect(Collectors.joining(","));
  }

  private int clusterPort(int node) {
    return security.isTls() ? tlsPorts.get(node) : nodes.get(node).port();
  }

  /** Moves the slot of a key, with this key, to the next node, as an operator does. */
  public void moveSlotOf(String key) {
    openSlotOf(key);
    moveKey(key);
    var toId = nextTo(key).command("CLUSTER MYID");
    nodes.forEach(node -> node.command("CLUSTER SETSLOT " + slotOf(key) + " NODE " + toId));
  }

  /** Starts to move the slot of a key to the next node. */
  public void openSlotOf(String key) {
    var slot = slotOf(key);
    var from = nodeOf(key);
    var to = nextTo(key);
    to.command("CLUSTER SETSLOT " + slot + " IMPORTING " + from.command("CLUSTER MYID"));
    from.command("CLUSTER SETSLOT " + slot + " MIGRATING " + to.command("CLUSTER MYID"));
  }

  /** Moves one key of a slot, after {@link #openSlotOf}. */
  public void moveKey(String key) {
    nodeOf(key).command("MIGRATE 127.0.0.1 " + nextTo(key).port() + " " + key + " 0 5000");
  }

  private RealRedis nextTo(String key) {
    return nodes.get((slotOf(key) * NODES / SLOTS + 1) % NODES);
  }

  @Override
  public void close() {
    nodes.forEach(RealRedis::close);
  }

  private RealRedis node(Path directory, RedisServer server, int number) {
    var settings = new ArrayList<>(security.settings(tlsPorts.get(number)));
    if (security.isTls()) {
      settings.addAll(List.of("--tls-cluster", "yes"));
    }
    settings.addAll(List.of("--cluster-enabled", "yes", "--cluster-require-full-coverage", "no"));
    settings.addAll(List.of("--cluster-node-timeout", "2000"));
    var file = directory.resolve("nodes-" + number + ".conf").toString();
    settings.addAll(List.of("--cluster-config-file", file));
    return new RealRedis(server, settings.toArray(String[]::new));
  }
}
