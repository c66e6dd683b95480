package tokenbroker.check;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import tokenbroker.clients.secrets.SecretsDirectory;
import tokenbroker.clients.secrets.SecretsDirectory.Secrets;
import tokenbroker.seal.KeyRing;
import tokenbroker.seal.KeyedHash;

/** The faults of the clients' credentials. */
final class SecretsFaults {

  private SecretsFaults() {}

  /** Returns the faults of all clients, in the order of the clients file. */
  static List<String> of(Policy policy, Path secrets, Clock clock) {
    // The hash versions credentials, which nobody asks for here.
    var directory = new SecretsDirectory(secrets, new KeyedHash(KeyRing.random().primary()), clock);
    var faults = new ArrayList<String>();
    directory
        .read(policy.clients().keySet())
        .forEach(
            (client, found) -> {
              if (found instanceof Secrets.Faulty(var fault)) {
                faults.add("client %s: %s".formatted(client, fault.message()));
              }
            });
    return faults;
  }
}
