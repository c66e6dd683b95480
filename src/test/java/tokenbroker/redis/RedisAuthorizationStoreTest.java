package tokenbroker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tokenbroker.callers.Caller;
import tokenbroker.connections.Authorization;
import tokenbroker.connections.AuthorizationId;
import tokenbroker.connections.AuthorizationStore;
import tokenbroker.connections.AuthorizationStore.Outcome;
import tokenbroker.connections.AuthorizationStoreContract;
import tokenbroker.seal.KeyRing;
import tokenbroker.seal.Seal;
import tokenbroker.testing.RealRedis;
import tokenbroker.tokens.Provenance;
import tokenbroker.tokens.StoreUnavailable;

class RedisAuthorizationStoreTest extends AuthorizationStoreContract {

  private static final AuthorizationId ONE = id("A");
  private static final AuthorizationId OTHER = id("B");

  private static Vertx vertx;
  private static RealRedis server;
  private static Commands commands;

  private final KeyRing ring = KeyRing.random();
  private final AuthorizationStore one = store(ring);
  private final AuthorizationStore two = store(ring);

  @BeforeAll
  static void connect() {
    vertx = Vertx.vertx();
    server = new RealRedis();
    commands = new Commands(() -> Redis.createClient(vertx, server.url()), vertx);
    await().ignoreExceptions().until(() -> commands.run(Command.PING) != null);
  }

  @AfterAll
  static void disconnect() {
    vertx.close();
    server.close();
  }

  @Override
  protected AuthorizationStore store() {
    return one;
  }

  @Override
  protected AuthorizationStore otherReplica() {
    return two;
  }

  @Override
  protected void letTheClaimEnd(AuthorizationId id) {
    assertThat(millisLeft(key(id) + ":claim")).isBetween(1L, LIMIT.toMillis());
    commands.run(Command.PEXPIRE, key(id) + ":claim", "0");
  }

  @Override
  protected void letItExpire(AuthorizationId id) {
    commands.run(Command.PEXPIRE, key(id), "0");
  }

  @Override
  protected Duration left(AuthorizationId id) {
    return Duration.ofMillis(millisLeft(key(id)));
  }

  @Test
  void nothingThatIsStoredCanBeReadByOthers() {
    one.keep(authorization(ONE));
    one.bind(ONE, "browser");
    one.claim(ONE, "browser", LIMIT);
    one.finish(ONE, "browser", new Outcome("result", "one-time-code"));

    assertThat(String.valueOf(commands.run(Command.HGETALL, key(ONE))))
        .contains("about", "outcome")
        .doesNotContain("one-time-code", "verifier", "shop.example");
  }

  @Test
  void noValueOpensInPlaceOfAnother() {
    one.keep(authorization(OTHER));
    one.bind(OTHER, "browser");
    one.claim(OTHER, "browser", LIMIT);
    var about = String.valueOf(commands.run(Command.HGET, key(OTHER), "about"));
    commands.run(Command.HSET, key(OTHER), "outcome", about);

    assertThatThrownBy(() -> one.claim(OTHER, "browser", LIMIT))
        .isInstanceOf(StoreUnavailable.class);
  }

  private static long millisLeft(String key) {
    return Long.parseLong(String.valueOf(commands.run(Command.PTTL, key)));
  }

  private static String key(AuthorizationId id) {
    return "token-broker:{" + id.client() + "}:authorization:" + id.random();
  }

  private static AuthorizationId id(String letter) {
    return AuthorizationId.parse("acme." + letter.repeat(22)).orElseThrow();
  }

  private static Authorization authorization(AuthorizationId id) {
    return new Authorization(
        id,
        "https://shop.example/",
        null,
        "verifier",
        new Caller("test", "someone", Set.of()),
        "trace",
        new Provenance("https://upstream.test", "id", null, "v1"));
  }

  private static AuthorizationStore store(KeyRing ring) {
    return new RedisAuthorizationStore(commands, new Seal(ring), new SimpleMeterRegistry());
  }
}
