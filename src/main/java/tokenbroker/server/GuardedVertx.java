package tokenbroker.server;

import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.spi.VertxServiceProvider;

/** Puts the entrance in front of the servers of a Vert.x instance; found as a Java service. */
public final class GuardedVertx implements VertxServiceProvider {

  @Override
  public void init(VertxBuilder builder) {
    builder.findTransport(new GuardedTransport());
  }
}
