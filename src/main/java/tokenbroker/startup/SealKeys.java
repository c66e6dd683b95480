package tokenbroker.startup;

import jakarta.inject.Singleton;
import java.util.List;
import org.jboss.logging.Logger;
import tokenbroker.config.BrokerConfig;
import tokenbroker.config.BrokerConfig.Store;
import tokenbroker.seal.KeyRing;
import tokenbroker.seal.KeyRing.Loading.Faulty;
import tokenbroker.seal.KeyRing.Loading.Loaded;
import tokenbroker.seal.Seal;

/**
 * The key ring from the directory of seal keys. If the directory becomes faulty, the last valid
 * ring stays in use.
 */
@Singleton
class SealKeys {

  private static final Logger LOG = Logger.getLogger(SealKeys.class);

  private final BrokerConfig config;
  private final List<String> faults;
  private KeyRing ring;
  private List<String> toldOf = List.of();

  SealKeys(BrokerConfig config) {
    this.config = config;
    switch (load()) {
      case Loaded(var loaded) -> {
        ring = loaded;
        faults = List.of();
      }
      case Faulty(var found) -> {
        ring = KeyRing.random();
        faults = found;
      }
    }
  }

  synchronized KeyRing ring() {
    return ring;
  }

  /**
   * Returns the faults that prevented the ring from loading at the start; then {@link #ring} is a
   * random one.
   */
  List<String> faults() {
    return faults;
  }

  /**
   * Reads the directory again. Replicas may see a new key at different times, so operators must add
   * it first and make it primary later.
   */
  synchronized void reload(Seal seal) {
    switch (load()) {
      case Loaded(var loaded) when !loaded.equals(ring) -> {
        if (config.seal().keys().isPresent()) {
          ring = loaded;
          seal.use(loaded);
          LOG.infof("The broker uses new seal keys: %s", loaded);
        }
        toldOf = List.of();
      }
      case Loaded _ -> toldOf = List.of();
      case Faulty(var found) -> {
        if (!found.equals(toldOf)) {
          LOG.warnf(
              "The seal keys have faults, so the broker keeps the previous keys: %s",
              String.join("; ", found));
        }
        toldOf = found;
      }
    }
  }

  private KeyRing.Loading load() {
    var directory = config.seal().keys();
    if (directory.isPresent()) {
      return KeyRing.load(directory.get(), config.seal().primary().orElse(null));
    }
    return config.store() == Store.MEMORY
        ? new Loaded(KeyRing.random())
        : new Faulty(
            List.of(
                "broker.seal.keys is missing: for broker.store=redis, set it to a directory of keys. Create each key with"
                    + " openssl rand -base64 32"));
  }
}
