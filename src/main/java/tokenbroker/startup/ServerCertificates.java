package tokenbroker.startup;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.tls.CertificateUpdatedEvent;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.quarkus.tls.runtime.VertxCertificateHolder;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/**
 * Checks the broker's own certificates. A certificate and a key that do not match prevent the
 * start. After the start, such a pair is rejected and the former one stays in use.
 */
@Singleton
class ServerCertificates {

  private static final Logger LOG = Logger.getLogger(ServerCertificates.class);

  private final Config config;
  private final TlsConfigurationRegistry registry;
  private final Vertx vertx;
  private final Counter applied;
  private final Counter refused;

  /** The fault that was logged last; empty while the files are valid. */
  private volatile String rejected = "";

  ServerCertificates(
      Config config, TlsConfigurationRegistry registry, Vertx vertx, MeterRegistry metrics) {
    this.config = config;
    this.registry = registry;
    this.vertx = vertx;
    this.applied = reloads(metrics, "applied");
    this.refused = reloads(metrics, "rejected");
    Gauge.builder("token_broker.certificate.rejected", this, it -> it.rejected.isEmpty() ? 0 : 1)
        .description("1 while the broker cannot use the files of its certificate, otherwise 0")
        .strongReference(true)
        .register(metrics);
  }

  private static Counter reloads(MeterRegistry metrics, String result) {
    return Counter.builder("token_broker.certificate.reload")
        .description("Reloads of the broker's changed certificate")
        .tag("result", result)
        .register(metrics);
  }

  /** Returns the faults of the certificates with which the servers start. */
  List<String> faults() {
    return served().flatMap(tls -> fault(tls).stream()).toList();
  }

  /**
   * Rejects a pair that does not match. The servers are notified of a new pair only after this
   * observer.
   */
  void veto(
      @Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) CertificateUpdatedEvent event) {
    var fault = fault(event.tlsConfiguration());
    (fault.isEmpty() ? applied : refused).increment();
    if (fault.isPresent()) {
      throw new ConfigurationException(fault.get());
    }
  }

  /** Logs the fault of the current files, also if they cannot be read at all. */
  void look() {
    var fault = served().flatMap(tls -> faultOfFiles(tls).stream()).findFirst().orElse("");
    if (!fault.isEmpty() && !fault.equals(rejected)) {
      LOG.warnf("The broker cannot use the new certificate and keeps the previous one: %s", fault);
    }
    rejected = fault;
  }

  private Stream<TlsConfiguration> served() {
    var named =
        CertificateFiles.namesOfServers(config).stream()
            .flatMap(name -> registry.get(name).stream());
    return Stream.concat(named, registry.getDefault().stream())
        .filter(tls -> tls.getKeyStore() != null);
  }

  private Optional<String> fault(TlsConfiguration tls) {
    return tls.getKeyStore() == null
        ? Optional.empty()
        : CertificateFiles.fault(tls.getName(), tls.getKeyStore(), tls.getKeyStoreOptions(), vertx);
  }

  private Optional<String> faultOfFiles(TlsConfiguration tls) {
    return tls instanceof VertxCertificateHolder configured
        ? CertificateFiles.fault(tls.getName(), configured.config(), vertx)
        : Optional.empty();
  }
}
