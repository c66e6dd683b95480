package tokenbroker.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Redis master, its replica, and a Sentinel that promotes the replica if the master fails. */
public final class RedisSentinels implements AutoCloseable {

  public static final String MASTER_NAME = "broker";

  private final RedisSecurity security;
  private final RealRedis master;
  private final RealRedis replica;
  private final int port = FreePorts.free();
  private final int tlsPort = FreePorts.free();
  private final Process sentinel;

  /**
   * @param directory for the Sentinel's configuration file
   */
  public RedisSentinels(Path directory) {
    this(directory, RedisServer.DEFAULT, RedisSecurity.NONE);
  }

  /** Starts servers of another version, which all use the same password and TLS. */
  public RedisSentinels(Path directory, RedisServer server, RedisSecurity security) {
    this.security = security;
    var masterTls = FreePorts.free();
    this.master = new RealRedis(server, security.settings(masterTls).toArray(String[]::new));
    var masterPort = security.isTls() ? masterTls : master.port();
    var ofReplica = new ArrayList<>(security.settings(FreePorts.free()));
    ofReplica.addAll(List.of("--replicaof", "127.0.0.1", "" + masterPort));
    this.replica = new RealRedis(server, ofReplica.toArray(String[]::new));
    this.sentinel = sentinel(directory, server, masterPort);
    await().ignoreExceptions().until(() -> sentinelSays("ckquorum").contains("OK"));
    await().ignoreExceptions().until(() -> sentinelSays("replicas").equals("*1"));
  }

  private Process sentinel(Path directory, RedisServer server, int masterPort) {
    var settings =
        new StringBuilder(
            """
            port %d
            bind 127.0.0.1
            sentinel monitor %s 127.0.0.1 %d 1
            sentinel down-after-milliseconds %s 1000
            sentinel failover-timeout %s 5000
            """
                .formatted(port, MASTER_NAME, masterPort, MASTER_NAME, MASTER_NAME));
    var own = security.settings(tlsPort);
    for (var i = 0; i < own.size(); i += 2) {
      if (!own.get(i).equals("--masterauth")) {
        settings.append(own.get(i).substring(2)).append(' ').append(own.get(i + 1)).append('\n');
      }
    }
    if (security.hasPassword()) {
      settings.append("sentinel auth-pass %s %s\n".formatted(MASTER_NAME, security.password()));
    }
    try {
      var file = Files.writeString(directory.resolve("sentinel.conf"), settings);
      return RealRedis.run(List.of(server.executable().toString(), file.toString(), "--sentinel"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String sentinelSays(String words) {
    return RealRedis.commandOn(port, security.password(), "SENTINEL " + words + " " + MASTER_NAME);
  }

  public int port() {
    return port;
  }

  public String url() {
    return security.isTls() ? "rediss://127.0.0.1:" + tlsPort : "redis://127.0.0.1:" + port;
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
