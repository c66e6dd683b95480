package tokenbroker.config;

import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import java.util.Collections;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * The faults of the settings. Each message names the key, its value, the place where it was set,
 * and the allowed values.
 */
public final class SettingsFaults {

  private static final String TWO_PASSWORDS = "%s and %s are both set: remove one of them";

  private final SmallRyeConfig config;
  private final SequencedMap<String, String> faults = new TreeMap<>();

  private SettingsFaults(SmallRyeConfig config) {
    this.config = config;
  }

  /**
   * Returns all faults by key, sorted by key. It does not check the files and directories to which
   * settings refer.
   */
  public static SequencedMap<String, String> of(SmallRyeConfig config, BrokerConfig bound) {
    var found = new SettingsFaults(config);
    config.getPropertyNames().forEach(found::check);
    found.checkTimeouts(bound.upstream());
    found.checkProxy(bound.upstream());
    found.checkPorts();
    found.checkRedisPassword(bound.redis());
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
          "%s refers to a setting that does not exist (%s): set that setting, or write \\${ for a literal ${"
              .formatted(key, SettingSource.of(set)));
    }
    var value = set.getValue() == null ? "" : set.getValue().strip();
    return value.isEmpty() ? Optional.empty() : setting.fault(key, value, SettingSource.of(set));
  }

  private ConfigValue asSet(String key) {
    return config.getConfigValue(SettingsGate.AS_SET + key);
  }

  /** Only a value set by the operator is a fault. A longer default is limited by the timeout. */
  private void checkTimeouts(BrokerConfig.Upstream upstream) {
    var key = "broker.upstream.connect-timeout";
    var connect = asSet(key);
    if (!connect.isDefault() && upstream.connectTimeout().compareTo(upstream.timeout()) > 0) {
      faults.putIfAbsent(
          key,
          "%s is %s (%s), which is longer than broker.upstream.timeout (that limit includes connecting): set at most that value"
              .formatted(key, QuotedText.text(connect.getValue()), SettingSource.of(connect)));
    }
  }

  private void checkProxy(BrokerConfig.Upstream upstream) {
    var key = "broker.upstream.proxy-credentials-file";
    if (upstream.proxyCredentialsFile().isPresent()
        && asSet("broker.upstream.proxy").getValue() == null) {
      faults.putIfAbsent(
          key,
          key
              + " is set, but broker.upstream.proxy is not: set the address of the proxy, or remove this setting");
    }
  }

  /** Two passwords are a fault, because it would be unclear which of them the client uses. */
  private void checkRedisPassword(BrokerConfig.Redis redis) {
    var key = "broker.redis.password-file";
    if (redis.passwordFile().isEmpty()) {
      return;
    }
    if (isSet(QuarkusSettings.REDIS_PASSWORD)) {
      faults.putIfAbsent(key, TWO_PASSWORDS.formatted(key, QuarkusSettings.REDIS_PASSWORD));
    }
    var hosts = config.getConfigValue(QuarkusSettings.REDIS_HOSTS).getValue();
    if (hosts != null && RedisHosts.holdPassword(hosts)) {
      faults.putIfAbsent(
          key, TWO_PASSWORDS.formatted(key, "a password in " + QuarkusSettings.REDIS_HOSTS));
    }
  }

  private boolean isSet(String key) {
    return config.getConfigValue(key).getValue() != null;
  }

  private void checkPorts() {
    var management = port(QuarkusSettings.MANAGEMENT_PORT, "9000");
    var callers = port(QuarkusSettings.PORT, "8080");
    var callersWithTls = port(QuarkusSettings.TLS_PORT, "8443");
    if (QuarkusSettings.servesPlainHttp(config)) {
      checkPorts(callers, management);
    }
    if (QuarkusSettings.servesTls(config)) {
      checkPorts(callersWithTls, management);
      if (QuarkusSettings.servesPlainHttp(config)) {
        checkPorts(callers, callersWithTls);
      }
    }
  }

  private record Port(String key, int number) {}

  private Port port(String key, String otherwise) {
    var value = config.getConfigValue(key).getValue();
    return new Port(key, Integer.parseInt(value == null ? otherwise : value));
  }

  /** Two servers would listen on the same port, and each connection would reach one at random. */
  private void checkPorts(Port one, Port other) {
    if (one.number() == other.number() && one.number() != 0) {
      faults.putIfAbsent(
          one.key(),
          "%s and %s are both %d: set two different ports"
              .formatted(one.key(), other.key(), one.number()));
    }
  }
}
