package tokenbroker.startup;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.SmallRyeConfig;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.config.Config;
import tokenbroker.callers.Issuers;
import tokenbroker.clients.reload.ClientDirectoryReload;
import tokenbroker.config.BrokerConfig;
import tokenbroker.config.SettingsFaults;
import tokenbroker.outbound.Egress;
import tokenbroker.redis.RedisPassword;

/**
 * Checks the configuration before anything starts. It refuses to start and reports all faults at
 * once.
 */
@Singleton
class StartCheck {

  private final SmallRyeConfig allConfig;
  private final BrokerConfig config;
  private final SealKeys sealKeys;
  private final Issuers issuers;
  private final ClientDirectoryReload reload;
  private final RedisPassword redisPassword;
  private final ServerCertificates certificates;
  private final Egress egress;

  StartCheck(
      Config allConfig,
      BrokerConfig config,
      SealKeys sealKeys,
      Issuers issuers,
      ClientDirectoryReload reload,
      RedisPassword redisPassword,
      ServerCertificates certificates,
      Egress egress) {
    this.allConfig = allConfig.unwrap(SmallRyeConfig.class);
    this.config = config;
    this.sealKeys = sealKeys;
    this.issuers = issuers;
    this.reload = reload;
    this.redisPassword = redisPassword;
    this.certificates = certificates;
    this.egress = egress;
  }

  void check(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) StartupEvent event) {
    var faults = faults();
    if (!faults.isEmpty()) {
      throw new ConfigurationException(
          "The token broker cannot start. Fix the following:\n  - "
              + String.join("\n  - ", faults));
    }
  }

  /**
   * Returns all faults. A faulty setting has its default value here, so faults of that default are
   * left out.
   */
  private List<String> faults() {
    var ofSettings = SettingsFaults.of(allConfig, config);
    var faults = new ArrayList<>(ofSettings.values());
    issuers.faults().stream()
        .filter(fault -> ofSettings.keySet().stream().noneMatch(key -> fault.startsWith(key + " ")))
        .forEach(faults::add);
    if (!ofSettings.containsKey("broker.store") && !ofSettings.containsKey("broker.seal.keys")) {
      faults.addAll(sealKeys.faults());
    }
    faults.addAll(redisPassword.faults());
    faults.addAll(certificates.faults());
    faults.addAll(egress.faults());
    config.connections().publicUrl().ifPresent(url -> faults.addAll(PublicUrl.faults(url)));
    config.oauth().issuer().ifPresent(url -> faults.addAll(OAuthIssuer.faults(url)));
    var clients = reload.load();
    if (!ofSettings.containsKey("broker.clients.file")) {
      clients.forEach(fault -> faults.add(config.clients().file() + ": " + fault));
    }
    return faults;
  }
}
