package tokenbroker.redis;

import io.vertx.redis.client.Redis;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * A factory of {@link Session}s. It logs why a connection cannot be opened, once per reason instead
 * of at each attempt.
 */
final class Sessions {

  private static final Logger LOG = Logger.getLogger(Sessions.class);

  private final EventLoop loop;
  private final String server;
  private final Supplier<Redis> clients;

  /** The last reason; empty while connects succeed. Used on the event loop only. */
  private String lastFault = "";

  /**
   * Creates sessions with one server.
   *
   * @param server how the log names the server, such as {@code Redis at redis.example:6379}
   */
  Sessions(EventLoop loop, String server, Supplier<Redis> clients) {
    this.loop = loop;
    this.server = server;
    this.clients = clients;
  }

  Session open() {
    var session = new Session(loop, clients);
    session.connected().onComplete(connection -> lastFault = "", this::tell);
    return session;
  }

  private void tell(Throwable fault) {
    var kind = RedisFault.kind(fault);
    if (!kind.equals(lastFault)) {
      lastFault = kind;
      LOG.warnf(
          "The connection to %s failed: %s. The broker continues without it and tries again.%s",
          server,
          kind,
          RedisFault.mayBeOfTheGreeting(fault)
              ? " If this is a proxy that does not support HELLO (such as Envoy),"
                  + " set quarkus.redis.protocol-negotiation=false."
              : "");
    }
  }
}
