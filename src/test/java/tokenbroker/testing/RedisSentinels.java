package tokenbroker.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A Redis master, its replica, and a Sentinel that promotes the replica if the master fails. */
public final class RedisSentinels implements AutoCloseable {

  public static final String MASTER_NAME = "broker";

  private final RealRedis master = new RealRedis();
  private final RealRedis replica = new RealRedis("--replicaof", "127.0.0.1", "" + master.port());
  private final int port = FreePorts.free();
  private final Process sentinel;

  /**
   * @param directory for the Sentinel's configuration file
   */
  public RedisSentinels(Path directory) {
    var settings =
        """
        port %d
        bind 127.0.0.1
        sentinel monitor %s 127.0.0.1 %d 1
        sentinel down-after-milliseconds %s 1000
        sentinel failover-timeout %s 5000
        """
            .formatted(port, MASTER_NAME, master.port(), MASTER_NAME, MASTER_NAME);
    try {
      var file = Files.writeString(directory.resolve("sentinel.conf"), settings);
      sentinel =
          RealRedis.run(List.of(RealRedis.executable().toString(), file.toString(), "--sentinel"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    await()
        .ignoreExceptions()
        .until(() -> RealRedis.commandOn(port, "SENTINEL ckquorum " + MASTER_NAME).contains("OK"));
    await()
        .ignoreExceptions()
        .until(() -> RealRedis.commandOn(port, "SENTINEL replicas " + MASTER_NAME).equals("*1"));
  }

  public int port() {
    return port;
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  /** Sends SIGKILL to the master. The Sentinel notices after a second. */
  public void killMaster() {
    master.stop();
  }

  /** Whether the Sentinel has promoted the replica. */
  public boolean hasFailedOver() {
    return replica.command("ROLE").equals("*3") && isMaster();
  }

  @Override
  public void close() {
    sentinel.destroyForcibly();
    replica.close();
    master.close();
  }

  private boolean isMaster() {
    return replica.command("SET token-broker-test 1 PX 1").equals("+OK");
  }
}
