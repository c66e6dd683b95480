package tokenbroker.check;

import io.smallrye.config.SmallRyeConfig;
import java.util.List;
import tokenbroker.clients.file.Fault;
import tokenbroker.config.BrokerConfig;

/**
 * Finds the faults that keep the broker from starting. The package {@code startup} implements it,
 * because the broker uses the same code at its start.
 */
@FunctionalInterface
public interface FaultFinder {

  /**
   * Returns all faults, each with its fix. It reads files and uses no network.
   *
   * @param issuers the faults of the issuers' settings
   * @param clients the faults of the clients file
   */
  List<String> faults(
      SmallRyeConfig settings, BrokerConfig config, List<String> issuers, List<Fault> clients);
}
