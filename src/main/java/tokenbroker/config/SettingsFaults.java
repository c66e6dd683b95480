package tokenbroker.config;

import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import java.util.Collections;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * What is wrong with the settings: each message names the key, the value, where it was set, and
 * what is allowed.
 */
public final class SettingsFaults {

  private final SmallRyeConfig config;
  private final SequencedMap<String, String> faults = new TreeMap<>();

  private SettingsFaults(SmallRyeConfig config) {
    this.config = config;
  }

  /**
   * Returns all faults, by key and in the order of the keys. Files and directories that settings
   * name are not looked at.
   */
  public static SequencedMap<String, String> of(SmallRyeConfig config, BrokerConfig bound) {
    var found = new SettingsFaults(config);
    config.getPropertyNames().forEach(found::check);
    found.checkTimeouts(bound.upstream());
    found.checkPorts();
    return Collections.unmodifiableSequencedMap(found.faults);
  }

  private void check(String key) {
    var setting = Settings.find(key);
    if (setting.isPresent()) {
      fault(key, setting.get()).ifPresent(fault -> faults.put(key, fault));
    } else if (key.startsWith(Settings.PREFIX)) {
      faults.put(key, UnknownKey.fault(key, asSet(key)));
    }
  }

  private Optional<String> fault(String key, Setting setting) {
    var set = asSet(key);
    if (set.hasProblems()) {
      return Optional.of(
          "%s refers to a setting that is not there (%s): write \\${ for a ${ that is meant as it stands"
              .formatted(key, Origin.of(set)));
    }
    var value = set.getValue() == null ? "" : set.getValue().strip();
    return value.isEmpty() ? Optional.empty() : setting.fault(key, value, Origin.of(set));
  }

  private ConfigValue asSet(String key) {
    return config.getConfigValue(SettingsGate.AS_SET + key);
  }

  /** The default never contradicts what an operator set: the whole answer's limit is kept. */
  private void checkTimeouts(BrokerConfig.Upstream upstream) {
    var key = "broker.upstream.connect-timeout";
    var connect = asSet(key);
    if (!connect.isDefault() && upstream.connectTimeout().compareTo(upstream.timeout()) > 0) {
      faults.putIfAbsent(
          key,
          "%s is %s (%s), longer than broker.upstream.timeout: connecting is part of the whole answer, set the same or less"
              .formatted(key, Shown.text(connect.getValue()), Origin.of(connect)));
    }
  }

  private void checkPorts() {
    var port = config.getConfigValue(QuarkusSettings.PORT).getValue();
    var management = config.getConfigValue(QuarkusSettings.MANAGEMENT_PORT).getValue();
    if (port != null && port.equals(management) && !port.equals(QuarkusSettings.ANY_PORT)) {
      faults.putIfAbsent(
          QuarkusSettings.PORT,
          "%s and %s are both %s: set two different ports"
              .formatted(QuarkusSettings.PORT, QuarkusSettings.MANAGEMENT_PORT, port));
    }
  }
}
