package tokenbroker.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How servers and clients of Redis authenticate each other: with a password, and with TLS in both
 * directions.
 *
 * @param password empty for none
 * @param certificate the directory with {@code tls.crt} and {@code tls.key}, which everybody uses
 *     and trusts; an empty path for no TLS
 */
public record RedisSecurity(String password, Path certificate) {

  public static final RedisSecurity NONE = new RedisSecurity("", Path.of(""));

  boolean isTls() {
    return !certificate.toString().isEmpty();
  }

  boolean hasPassword() {
    return !password.isEmpty();
  }

  /**
   * Returns the settings of a server.
   *
   * @param tlsPort the port for TLS; the port without TLS stays open for the test itself
   */
  public List<String> settings(int tlsPort) {
    var settings = new ArrayList<String>();
    if (hasPassword()) {
      settings.addAll(List.of("--requirepass", password, "--masterauth", password));
    }
    if (isTls()) {
      var file = certificate.resolve("tls.crt").toString();
      settings.addAll(List.of("--tls-port", "" + tlsPort, "--tls-cert-file", file));
      settings.addAll(List.of("--tls-key-file", certificate.resolve("tls.key").toString()));
      settings.addAll(List.of("--tls-ca-cert-file", file, "--tls-auth-clients", "yes"));
      settings.addAll(List.of("--tls-replication", "yes"));
    }
    return settings;
  }

  /** Adds the settings of a broker, as docs/redis.md shows them. */
  public BrokerProcess.Settings of(BrokerProcess.Settings broker) {
    if (isTls()) {
      var file = certificate.resolve("tls.crt").toString();
      var key = certificate.resolve("tls.key").toString();
      broker
          .environment("QUARKUS_REDIS_TLS_CONFIGURATION_NAME", "redis")
          .environment("QUARKUS_TLS_REDIS_TRUST_STORE_PEM_CERTS", file)
          .environment("quarkus.tls.redis.key-store.pem.0.cert", file)
          .environment("quarkus.tls.redis.key-store.pem.0.key", key);
    }
    return hasPassword() ? broker.with("quarkus.redis.password", password) : broker;
  }
}
