package tokenbroker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.connections.Authorization;
import tokenbroker.connections.Authorization.Progress;
import tokenbroker.connections.Authorization.ResultParameter;
import tokenbroker.connections.Authorization.Visits;
import tokenbroker.connections.AuthorizationStore;
import tokenbroker.connections.AuthorizationStore.Keeping;
import tokenbroker.connections.AuthorizationStoreContract;
import tokenbroker.connections.AuthorizedAccount;
import tokenbroker.seal.KeyRing;
import tokenbroker.seal.Seal;
import tokenbroker.testing.SettableClock;
import tokenbroker.time.Now;
import tokenbroker.tokens.StoreUnavailable;

class RedisAuthorizationStoreTest extends AuthorizationStoreContract {

  @RegisterExtension private static final ConnectedRedis REDIS = new ConnectedRedis();
  private static final RedisCommands commands = REDIS.commands();

  private final KeyRing ring = KeyRing.random();
  private final SettableClock clock = new SettableClock();
  private final AuthorizationStore one = store(ring);
  private final AuthorizationStore two = store(ring);

  @AfterEach
  void wipe() {
    commands.run(Command.FLUSHALL);
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
  protected Now now() {
    return clock.clocks().now();
  }

  /** The clock of Redis cannot be set. Therefore this shortens the lifetime of every key. */
  @Override
  protected void letPass(Duration time) {
    clock.advance(time);
    commands.script(
        "let pass",
        """
        for _, key in ipairs(redis.call('KEYS', '*')) do
          redis.call('PEXPIRE', key, math.max(0, redis.call('PTTL', key) - ARGV[1]))
        end
        return 1
        """,
        List.of(),
        Long.toString(time.toMillis()));
  }

  /**
   * The store has only hashes of the link's id, the state and the browser's cookie, and these are
   * sealed.
   */
  @Test
  void nothingThatIsStoredCanBeReadByOthers() {
    var visits = new Visits("hash-of-a-cookie", List.of("hash-of-a-state"));
    one.keep(
        handle,
        authorization(
            new Progress.Finished(visits, new ResultParameter("result", "one-time-code"))));
    one.keepResult(code, account());

    assertThat(String.valueOf(commands.run(Command.GET, key()))).startsWith("v1.random.");
    assertThat(String.valueOf(commands.run(Command.GET, resultKey()))).startsWith("v1.random.");
    assertThat(String.valueOf(commands.run(Command.KEYS, "*"))).doesNotContain(code.random());
  }

  @Test
  void noValueOpensInPlaceOfAnother() {
    one.keep(handle, authorization(new Progress.Begun()));
    one.keepResult(code, account());
    commands.run(Command.COPY, key(), resultKey(), "REPLACE");
    commands.run(Command.PEXPIRE, resultKey(), "60000");

    assertThatThrownBy(() -> one.findResult(code)).isInstanceOf(StoreUnavailable.class);
  }

  @Test
  void whatIsKeptLongerThanItMayIsNotUsed() {
    one.keep(handle, authorization(new Progress.Begun()));
    one.keepResult(code, account());
    commands.run(Command.PERSIST, key());
    commands.run(Command.PERSIST, resultKey());
    assertThat(one.findResult(code)).isEmpty();

    commands.run(Command.PEXPIRE, resultKey(), Long.toString(AuthorizedAccount.LIFE.toMillis()));
    clock.advance(Authorization.LIFE.plusMinutes(2));
    assertThat(one.find(handle)).isEmpty();
    assertThat(one.findResult(code)).isEmpty();
  }

  /** Writing to Redis must not lock a caller out. */
  @Test
  void aCountWithoutAnEndOrThatIsNoneBeginsAnew() {
    one.keep(handle, authorization(new Progress.Begun()));
    var count = countKey();
    for (var change :
        List.of(
            new String[] {count, "1000000"},
            new String[] {count, "1000000", "PX", "86400000"},
            new String[] {count, "none", "PX", "1000"})) {
      commands.run(Command.SET, change);
      assertThat(one.keep(handle, authorization(new Progress.Begun())))
          .isEqualTo(new Keeping.Kept());
    }
  }

  /** The cap on a caller's authorizations relies on this size. */
  @Test
  void theLargestAuthorizationIsSmall() {
    var visits = new Visits("A".repeat(22), List.of("B".repeat(22), "C".repeat(22)));
    one.keep(handle, authorization(new Progress.Visited(visits)));

    assertThat(String.valueOf(commands.run(Command.GET, key()))).hasSizeLessThan(2_000);
  }

  private String key() {
    return "token-broker:{acme}:authorization:" + handle.hash();
  }

  private String resultKey() {
    return "token-broker:{acme}:result:" + code.hash();
  }

  private static String countKey() {
    var keys = commands.run(Command.KEYS, "token-broker:{acme}:authorizations-of:*");
    return String.valueOf(keys == null ? null : keys.get(0));
  }

  private AuthorizationStore store(KeyRing ring) {
    return new RedisAuthorizationStore(
        commands, new Seal(ring), clock.clocks(), new SimpleMeterRegistry());
  }
}
