package tokenbroker.sandbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.vertx.http.HttpServer;
import io.quarkus.vertx.http.HttpServerStart;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.config.BrokerConfig;
import tokenbroker.sandbox.crypto.SigningKey;
import tokenbroker.sandbox.demo.DemoService;
import tokenbroker.sandbox.issuer.CallerTokenIssuer;
import tokenbroker.sandbox.trackmage.RedirectUris;
import tokenbroker.sandbox.trackmage.TokenLifetimes;
import tokenbroker.sandbox.trackmage.TrackMageLookAlike;

/**
 * Sets up the sandbox: writes its files before the broker reads them, creates its parts from the
 * settings, and prints where they are.
 */
class SandboxSetUp {

  private static final int BEFORE_THE_BROKER = 1;

  private final SandboxConfig config;
  private final Optional<SandboxFiles> files;

  SandboxSetUp(SandboxConfig config) {
    this.config = config;
    this.files = config.directory().map(SandboxFiles::new);
  }

  void writeFiles(@Observes @Priority(BEFORE_THE_BROKER) StartupEvent event) {
    if (files.isPresent()) {
      rejectPortZero();
      files.get().write(config.baseUrl());
    }
  }

  /**
   * Rejects port 0. The operating system would choose the port only after the files are written.
   */
  private void rejectPortZero() {
    if (config.baseUrl().getPort() == 0) {
      throw new ConfigurationException(
          "The HTTP port is 0, but the sandbox must know the port before the server listens. Set the"
              + " HTTP port to a number above 0, or set sandbox.enabled=false");
    }
  }

  /**
   * Prints where everything is. It does not use the log, so that the command can be copied whatever
   * the format of the log is.
   */
  void printGreeting(
      @ObservesAsync HttpServerStart event,
      HttpServer server,
      ClientDirectory clients,
      BrokerConfig broker,
      @ConfigProperty(name = "quarkus.management.port", defaultValue = "9000") int managementPort) {
    if (files.isPresent()) {
      var greeting = new Greeting(server.getPort(), managementPort, config.baseUrl());
      System.out.println(greeting.text(clients.all(), broker));
    }
  }

  @Produces
  @Singleton
  CallerTokenIssuer callerTokenIssuer() {
    var key = files.map(SandboxFiles::callerKey).orElseGet(SigningKey::create);
    return new CallerTokenIssuer(key, Clock.systemUTC());
  }

  /** Creates the look-alike. Its clock is independent of the broker's, as TrackMage's is. */
  @Produces
  @Singleton
  TrackMageLookAlike trackMage() {
    var key = files.map(SandboxFiles::trackMageKey).orElseGet(SigningKey::create);
    var lifetimes =
        new TokenLifetimes(
            config.tokenLifetime(), config.refreshTokenLifetime(), config.refreshTokenGrace());
    return new TrackMageLookAlike(key, Clock.systemUTC(), lifetimes);
  }

  @Produces
  @Singleton
  RedirectUris redirectUris() {
    return new RedirectUris(config.redirectUris().orElse(null));
  }

  @Produces
  @Singleton
  DemoService demoService(CallerTokenIssuer issuer, ObjectMapper json) {
    return new DemoService(config.baseUrl(), issuer, json);
  }
}
