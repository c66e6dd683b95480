package tokenbroker.testing;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A Redis Cluster of three masters, on free ports of the loopback interface. */
public final class RedisCluster implements AutoCloseable {

  private static final int SLOTS = 16_384;
  private static final int NODES = 3;

  private final List<RealRedis> nodes;

  /**
   * @param directory where the nodes keep what they know of each other
   */
  public RedisCluster(Path directory) {
    nodes = IntStream.range(0, NODES).mapToObj(i -> node(directory, i)).toList();
    for (var i = 0; i < NODES; i++) {
      var slots = IntStream.range(SLOTS * i / NODES, SLOTS * (i + 1) / NODES);
      nodes
          .get(i)
          .command(
              "CLUSTER ADDSLOTS "
                  + slots.mapToObj(Integer::toString).collect(Collectors.joining(" ")));
      nodes.getFirst().command("CLUSTER MEET 127.0.0.1 " + nodes.get(i).port());
    }
    await()
        .until(
            () ->
                nodes.stream()
                    .allMatch(node -> node.command("CLUSTER INFO").equals("cluster_state:ok")));
  }

  public String urls() {
    return nodes.stream().map(RealRedis::url).collect(Collectors.joining(","));
  }

  /** Moves the slot of a key, with what is in it, to the next node, as an operator would. */
  public void moveSlotOf(String key) {
    var slot = nodes.getFirst().command("CLUSTER KEYSLOT " + key).substring(1);
    var owner = Integer.parseInt(slot) * NODES / SLOTS;
    var from = nodes.get(owner);
    var to = nodes.get((owner + 1) % NODES);
    var toId = to.command("CLUSTER MYID");
    to.command("CLUSTER SETSLOT " + slot + " IMPORTING " + from.command("CLUSTER MYID"));
    from.command("CLUSTER SETSLOT " + slot + " MIGRATING " + toId);
    from.command("MIGRATE 127.0.0.1 " + to.port() + " " + key + " 0 5000");
    nodes.forEach(node -> node.command("CLUSTER SETSLOT " + slot + " NODE " + toId));
  }

  @Override
  public void close() {
    nodes.forEach(RealRedis::close);
  }

  private static RealRedis node(Path directory, int number) {
    return new RealRedis(
        "--cluster-enabled",
        "yes",
        "--cluster-config-file",
        directory.resolve("nodes-" + number + ".conf").toString());
  }
}
