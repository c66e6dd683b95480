package tokenbroker.server;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.inject.Singleton;
import tokenbroker.config.BrokerConfig;

/**
 * HTTP/2 without TLS, which is off unless it is switched on. Quarkus' own setting would switch it
 * off with TLS as well.
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
