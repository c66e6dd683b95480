package tokenbroker.startup;

import io.quarkus.tls.runtime.KeyStoreAndKeyCertOptions;
import io.quarkus.tls.runtime.config.KeyStoreConfig;
import io.quarkus.tls.runtime.config.TlsBucketConfig;
import io.quarkus.tls.runtime.config.TlsConfig;
import io.quarkus.tls.runtime.keystores.JKSKeyStores;
import io.quarkus.tls.runtime.keystores.P12KeyStores;
import io.quarkus.tls.runtime.keystores.PemKeyStores;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.microprofile.config.Config;

/** The files with the broker's own certificates and keys. */
final class CertificateFiles {

  private static final List<String> CONFIGURATIONS =
      List.of("quarkus.http.tls-configuration-name", "quarkus.management.tls-configuration-name");

  private CertificateFiles() {}

  /** Returns the names of the TLS configurations of the servers, besides the default one. */
  static List<String> namesOfServers(Config config) {
    return CONFIGURATIONS.stream()
        .flatMap(key -> config.getOptionalValue(key, String.class).stream())
        .toList();
  }

  /** Returns the faults of the files with which the servers would start. */
  static List<String> faults(SmallRyeConfig settings) {
    var configured = configured(settings);
    if (configured.isEmpty()) {
      return List.of();
    }
    var vertx = Vertx.vertx(); // It reads the files. It has no server.
    try {
      return configured.entrySet().stream()
          .flatMap(entry -> fault(entry.getKey(), entry.getValue(), vertx).stream())
          .toList();
    } finally {
      vertx.close();
    }
  }

  private static Map<String, TlsBucketConfig> configured(SmallRyeConfig settings) {
    var all = settings.getConfigMapping(TlsConfig.class);
    var served = new TreeMap<String, TlsBucketConfig>();
    all.defaultCertificateConfig()
        .filter(CertificateFiles::hasFiles)
        .ifPresent(it -> served.put(TlsConfig.DEFAULT_NAME, it));
    for (var name : namesOfServers(settings)) {
      var bucket = all.namedCertificateConfig().get(name);
      if (bucket != null && hasFiles(bucket)) {
        served.put(name, bucket);
      }
    }
    return served;
  }

  private static boolean hasFiles(TlsBucketConfig configured) {
    return configured
        .keyStore()
        .filter(it -> it.pem().isPresent() || it.p12().isPresent() || it.jks().isPresent())
        .isPresent();
  }

  /** Returns the fault of one configuration's files, also if they cannot be read at all. */
  static Optional<String> fault(String name, TlsBucketConfig configured, Vertx vertx) {
    try {
      return configured
          .keyStore()
          .flatMap(store -> read(name, store, vertx))
          .flatMap(now -> fault(name, now.keyStore, now.options, vertx));
    } catch (RuntimeException e) {
      // Quarkus itself reports nothing here. Its exception is not logged either, because it may
      // quote the content of a file.
      return Optional.of(
          named(name, "the files are missing, or do not contain a certificate and a key"));
    }
  }

  /**
   * Reads the files. Empty if there are none to read. {@code CertificateRecorder} does the same,
   * but only after Quarkus has started.
   */
  private static Optional<KeyStoreAndKeyCertOptions> read(
      String name, KeyStoreConfig store, Vertx vertx) {
    if (store.pem().isPresent()) {
      return Optional.of(PemKeyStores.verifyPEMKeyStore(store, vertx, name));
    }
    if (store.p12().isPresent()) {
      return Optional.of(P12KeyStores.verifyP12KeyStore(store, vertx, name));
    }
    return store.jks().map(_ -> JKSKeyStores.verifyJKSKeyStore(store, vertx, name));
  }

  /** Returns the fault of a certificate and key that were read. */
  static Optional<String> fault(String name, KeyStore store, KeyCertOptions options, Vertx vertx) {
    try {
      return KeyPairs.fault(store, options.getKeyManagerFactory(vertx))
          .map(fault -> named(name, fault));
    } catch (Exception e) {
      return Optional.of(named(name, "the private key is not readable"));
    }
  }

  private static String named(String name, String fault) {
    return "quarkus.tls.%s.key-store: %s".formatted(name, fault);
  }
}
