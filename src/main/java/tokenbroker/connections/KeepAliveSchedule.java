package tokenbroker.connections;

import jakarta.inject.Singleton;
import java.time.Duration;
import tokenbroker.config.BrokerConfig;
import tokenbroker.tokens.ConnectionId;

/**
 * The times at which connections that nobody uses are renewed: up to a tenth earlier than
 * configured. Each connection has its own time, so that connections made together are not renewed
 * together.
 */
@Singleton
public class KeepAliveSchedule {

  private static final int STEPS = 1024;
  private static final int EARLIEST_SHARE = 9;
  private static final int SHARES = 10;

  private final Duration keepAlive;

  public KeepAliveSchedule(BrokerConfig config) {
    this.keepAlive = config.connections().keepAlive();
  }

  /** Returns how long after its last renewal the connection is renewed at the latest. */
  public Duration dueAfter(ConnectionId connection) {
    var step = Math.floorMod(connection.value().hashCode() * 0x9E3779B9, STEPS);
    var jitter = keepAlive.dividedBy((long) SHARES * STEPS).multipliedBy(step);
    return keepAlive.multipliedBy(EARLIEST_SHARE).dividedBy(SHARES).plus(jitter);
  }
}
