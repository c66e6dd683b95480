package tokenbroker.startup;

import io.quarkus.runtime.LaunchMode;
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

  private List<String> faults() {
    var faults =
        new ArrayList<>(
            StartFaults.of(
                allConfig,
                config,
                new StartFaults.Found(
                    issuers.faults(),
                    sealKeys.faults(),
                    redisPassword.faults(),
                    certificates.faults(),
                    egress.faults(),
                    reload.load())));
    if (LaunchMode.current() == LaunchMode.NORMAL // Dev mode keeps its ports open at a reload.
        && faults.stream().noneMatch(fault -> fault.startsWith("quarkus."))) {
      ListeningPorts.faults(allConfig).forEach(faults::add);
    }
    return faults;
  }
}
