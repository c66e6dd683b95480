package tokenbroker.startup;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.tls.CertificateUpdatedEvent;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.quarkus.tls.runtime.CertificateRecorder;
import io.quarkus.tls.runtime.VertxCertificateHolder;
import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.security.KeyStore;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/**
 * The certificates that the broker shows. A pair of certificate and key that does not belong
 * together refuses the start. Later it is not taken over: the one before it stays in use.
 */
@Singleton
class ServerCertificates {

  private static final Logger LOG = Logger.getLogger(ServerCertificates.class);
  private static final List<String> CONFIGURATIONS =
      List.of("quarkus.http.tls-configuration-name", "quarkus.management.tls-configuration-name");

  private final Config config;
  private final TlsConfigurationRegistry registry;
  private final Vertx vertx;
  private final Counter applied;
  private final Counter refused;

  /** What the log has said; empty while the files are good. */
  private volatile String rejected = "";

  ServerCertificates(
      Config config, TlsConfigurationRegistry registry, Vertx vertx, MeterRegistry metrics) {
    this.config = config;
    this.registry = registry;
    this.vertx = vertx;
    this.applied = reloads(metrics, "applied");
    this.refused = reloads(metrics, "rejected");
    Gauge.builder("token_broker.certificate.rejected", this, it -> it.rejected.isEmpty() ? 0 : 1)
        .description("1 while the files of the broker's certificate are not taken over")
        .strongReference(true)
        .register(metrics);
  }

  private static Counter reloads(MeterRegistry metrics, String result) {
    return Counter.builder("token_broker.certificate.reload")
        .description("How often the broker's certificate was read again, each minute")
        .tag("result", result)
        .register(metrics);
  }

  /** Returns what is wrong with the certificates that the servers begin with. */
  List<String> faults() {
    return served().flatMap(tls -> fault(tls).stream()).toList();
  }

  /** Keeps a pair that does not fit from the servers, which hear of the new one after this. */
  void veto(
      @Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) CertificateUpdatedEvent event) {
    var fault = fault(event.tlsConfiguration());
    (fault.isEmpty() ? applied : refused).increment();
    if (fault.isPresent()) {
      throw new ConfigurationException(fault.get());
    }
  }

  /** Says what is wrong with the files as they are now, also those that cannot be read at all. */
  void look() {
    var fault = served().flatMap(tls -> faultOfFiles(tls).stream()).findFirst().orElse("");
    if (!fault.isEmpty() && !fault.equals(rejected)) {
      LOG.warnf("The certificate in use stays: %s", fault);
    }
    rejected = fault;
  }

  private Stream<TlsConfiguration> served() {
    var named =
        CONFIGURATIONS.stream()
            .flatMap(key -> config.getOptionalValue(key, String.class).stream())
            .flatMap(name -> registry.get(name).stream());
    return Stream.concat(named, registry.getDefault().stream())
        .filter(tls -> tls.getKeyStore() != null);
  }

  private Optional<String> fault(TlsConfiguration tls) {
    return tls.getKeyStore() == null
        ? Optional.empty()
        : fault(tls.getName(), tls.getKeyStore(), tls.getKeyStoreOptions());
  }

  private Optional<String> faultOfFiles(TlsConfiguration tls) {
    if (!(tls instanceof VertxCertificateHolder configured)) {
      return Optional.empty();
    }
    try {
      var now = CertificateRecorder.getKeyStore(configured.config(), vertx, tls.getName());
      return fault(tls.getName(), now.keyStore, now.options);
    } catch (RuntimeException e) {
      // Quarkus says nothing at all. What it throws is not said either: it may hold what is in a
      // file.
      return Optional.of(
          named(tls.getName(), "its files are missing, or are no certificate and key"));
    }
  }

  private Optional<String> fault(String name, KeyStore store, KeyCertOptions options) {
    try {
      return KeyPairs.fault(store, options.getKeyManagerFactory(vertx))
          .map(fault -> named(name, fault));
    } catch (Exception e) {
      return Optional.of(named(name, "its key cannot be read"));
    }
  }

  private static String named(String name, String fault) {
    return "quarkus.tls.%s.key-store: %s".formatted(name, fault);
  }
}
