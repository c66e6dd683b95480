package tokenbroker.config;

import java.util.Optional;

/** The name of this process among the replicas. */
public final class ReplicaName {

  private ReplicaName() {}

  /**
   * Returns {@code broker.audit.replica}, or else the environment variable {@code HOSTNAME}. Empty
   * if neither is set.
   */
  public static Optional<String> of(BrokerConfig config) {
    return config.audit().replica().or(() -> Optional.ofNullable(System.getenv("HOSTNAME")));
  }
}
