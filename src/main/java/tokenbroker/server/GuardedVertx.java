package tokenbroker.server;

import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.spi.VertxServiceProvider;

/** Installs the guarded transport in a Vert.x instance. Java's service loader finds this class. */
public final class GuardedVertx implements VertxServiceProvider {

  @Override
  public void init(VertxBuilder builder) {
    builder.findTransport(new GuardedTransport());
  }
}
