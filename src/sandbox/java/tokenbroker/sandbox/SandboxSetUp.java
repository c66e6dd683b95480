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
import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import tokenbroker.sandbox.crypto.SigningKey;
import tokenbroker.sandbox.demo.DemoService;
import tokenbroker.sandbox.issuer.CallerTokenIssuer;
import tokenbroker.sandbox.trackmage.RedirectUris;
import tokenbroker.sandbox.trackmage.TokenLifetimes;
import tokenbroker.sandbox.trackmage.TrackMageLookAlike;

/**
 * Sets up the sandbox: writes its files before the broker reads them, creates its parts from the
 * settings, and prints how to get a token.
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
   * Prints how to get a token. It does not use the log, so that the command can be copied whatever
   * the format of the log is.
   */
  void printHelp(@ObservesAsync HttpServerStart event, HttpServer server) {
    if (files.isPresent()) {
      System.out.println(help(server.getPort(), config.baseUrl()));
    }
  }

  static String help(int port, URI baseUrl) {
    var here = "http://localhost:" + port;
    return """
    The sandbox is ready at %s/sandbox. To get a TrackMage token from the broker:
    curl -H "Authorization: Bearer $(curl -s '%s/sandbox/caller-token?subject=demo')" %s/tokens/demo
    The page on which users connect their accounts: %s/demo\
    """
        .formatted(here, here, here, baseUrl);
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
