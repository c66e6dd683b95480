package tokenbroker.sandbox;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.vertx.http.HttpServer;
import io.quarkus.vertx.http.HttpServerStart;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;

/**
 * Creates the sandbox's keys, writes its files before the broker reads them, and prints a greeting.
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
      refusePortZero();
      files.get().write(config.baseUrl());
    }
  }

  /** Rejects port 0. It asks the operating system for a port, which is not known yet. */
  private void refusePortZero() {
    if (config.baseUrl().getPort() == 0) {
      throw new ConfigurationException(
          "The sandbox must tell the broker its own address: set the HTTP port to a number above 0,"
              + " or sandbox.enabled=false");
    }
  }

  /**
   * Prints the greeting to the console, whatever the format of the log, so that it can be copied
   * from there.
   */
  void sayHello(@ObservesAsync HttpServerStart event, HttpServer server) {
    if (files.isPresent()) {
      System.out.println(hello(server.getPort(), config.baseUrl()));
    }
  }

  static String hello(int port, URI baseUrl) {
    var here = "http://localhost:" + port;
    return """
    The sandbox answers at %s/sandbox. A TrackMage token from the broker:
    curl -H "Authorization: Bearer $(curl -s '%s/sandbox/caller-token?subject=demo')" %s/tokens/demo
    A page on which users connect their accounts: %s/demo\
    """
        .formatted(here, here, here, baseUrl);
  }

  @Produces
  @Singleton
  CallerTokens callerTokens() {
    return new CallerTokens(
        files.map(SandboxFiles::callerKey).orElseGet(SigningKey::create), Clock.systemUTC());
  }

  /** Produces the TrackMage look-alike. It has its own clock, as TrackMage has. */
  @Produces
  @Singleton
  SandboxTrackMage trackMage() {
    var key = files.map(SandboxFiles::trackMageKey).orElseGet(SigningKey::create);
    var clock = Clock.systemUTC();
    return new SandboxTrackMage(
        new UserTokens(key, clock),
        new AuthorizationCodes(clock),
        new RefreshTokens(clock),
        new Terms(
            config.tokenLifetime(), config.refreshTokenLifetime(), config.refreshTokenGrace()));
  }
}
