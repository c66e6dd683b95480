package tokenbroker.server;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.inject.Singleton;
import tokenbroker.config.BrokerConfig;

/**
 * The switch for HTTP/2 without TLS, which is off by default. Quarkus' own setting would also
 * switch off HTTP/2 with TLS.
 */
@Singleton
class PlainHttp implements HttpServerOptionsCustomizer {

  private final boolean speaksHttp2;

  PlainHttp(BrokerConfig config) {
    this.speaksHttp2 = config.server().plainHttp2();
  }

  @Override
  public void customizeHttpServer(HttpServerOptions options) {
    options.setHttp2ClearTextEnabled(speaksHttp2);
  }
}
