package tokenbroker.redis;

import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import tokenbroker.testing.RealRedis;

/** A Redis of one test class, with a connection of the broker's to it. It ends with the class. */
final class ConnectedRedis implements AfterAllCallback {

  private final Vertx vertx = Vertx.vertx();
  private final RealRedis server = new RealRedis();
  private final RedisCommands commands =
      new RedisCommands(() -> Redis.createClient(vertx, server.url()), vertx);

  ConnectedRedis() {
    await().ignoreExceptions().until(() -> commands.run(Command.PING) != null);
  }

  Vertx vertx() {
    return vertx;
  }

  RealRedis server() {
    return server;
  }

  RedisCommands commands() {
    return commands;
  }

  @Override
  public void afterAll(ExtensionContext context) {
    vertx.close();
    server.close();
  }
}
