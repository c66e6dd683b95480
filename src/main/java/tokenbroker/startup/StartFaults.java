package tokenbroker.startup;

import io.smallrye.config.SmallRyeConfig;
import java.util.ArrayList;
import java.util.List;
import tokenbroker.clients.file.Fault;
import tokenbroker.config.BrokerConfig;
import tokenbroker.config.SettingsFaults;
import tokenbroker.outbound.Egress;
import tokenbroker.redis.RedisPassword;

/** The faults that keep the broker from starting. */
final class StartFaults {

  private StartFaults() {}

  /** What the parts of the broker have found in their settings and files. */
  record Found(
      List<String> issuers,
      List<String> sealKeys,
      List<String> redisPassword,
      List<String> certificates,
      List<String> egress,
      List<Fault> clients) {}

  /** Returns all faults of a broker that has not been started. It reads the files itself. */
  static List<String> beforeStart(
      SmallRyeConfig settings, BrokerConfig config, List<String> issuers, List<Fault> clients) {
    return of(
        settings,
        config,
        new Found(
            issuers,
            new SealKeys(config).faults(),
            RedisPassword.faults(config),
            CertificateFiles.faults(settings),
            new Egress(config).faults(),
            clients));
  }

  /**
   * Returns all faults. A faulty setting has its default value here, so faults of that default are
   * left out.
   */
  static List<String> of(SmallRyeConfig settings, BrokerConfig config, Found found) {
    var ofSettings = SettingsFaults.of(settings, config);
    var faults = new ArrayList<>(ofSettings.values());
    found.issuers().stream()
        .filter(fault -> ofSettings.keySet().stream().noneMatch(key -> fault.startsWith(key + " ")))
        .forEach(faults::add);
    if (!ofSettings.containsKey("broker.store") && !ofSettings.containsKey("broker.seal.keys")) {
      faults.addAll(found.sealKeys());
    }
    faults.addAll(found.redisPassword());
    faults.addAll(found.certificates());
    faults.addAll(found.egress());
    config.connections().publicUrl().ifPresent(url -> faults.addAll(PublicUrl.faults(url)));
    config.oauth().issuer().ifPresent(url -> faults.addAll(OAuthIssuer.faults(url)));
    if (!ofSettings.containsKey("broker.clients.file")) {
      found.clients().forEach(fault -> faults.add(config.clients().file() + ": " + fault));
    }
    return faults;
  }
}
