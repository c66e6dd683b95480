package tokenbroker.redis;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.redis.client.Command;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tokenbroker.connections.Authorization;
import tokenbroker.connections.Authorization.Progress;
import tokenbroker.connections.AuthorizationHandle;
import tokenbroker.connections.AuthorizationStore;
import tokenbroker.connections.AuthorizedAccount;
import tokenbroker.connections.ResultCode;
import tokenbroker.seal.Seal;
import tokenbroker.time.Clocks;
import tokenbroker.tokens.StoreUnavailable;

/**
 * A store of authorizations in progress and of their results in Redis. Each is one sealed value
 * that expires.
 */
@Singleton
@Typed(RedisAuthorizationStore.class)
public class RedisAuthorizationStore implements AuthorizationStore {

  private static final String LIFE = Long.toString(Authorization.LIFE.toMillis());

  private final RedisCommands commands;
  private final SealedAuthorizations values;
  private final Clocks clocks;

  RedisAuthorizationStore(
      RedisCommands commands, Seal seal, Clocks clocks, MeterRegistry registry) {
    this.commands = commands;
    this.values = new SealedAuthorizations(seal, UnsealFailures.in(registry)::increment);
    this.clocks = clocks;
  }

  @Override
  public Keeping keep(AuthorizationHandle handle, Authorization authorization) {
    var key = RedisKeys.authorization(handle);
    var answer =
        commands.script(
            "keep authorization",
            ConnectionScripts.KEEP_AUTHORIZATION,
            List.of(key, RedisKeys.authorizationsOf(handle.client(), authorization.callerHash())),
            values.authorization(key, authorization),
            LIFE,
            Integer.toString(MOST_OF_A_CALLER));
    if (answer == null) {
      throw new StoreUnavailable("keep authorization: no response");
    }
    return answer.toLong() == 0
        ? new Keeping.Kept()
        : new Keeping.TooMany(Duration.ofMillis(Math.max(1, answer.toLong())));
  }

  @Override
  public Optional<StoredAuthorization> find(AuthorizationHandle handle) {
    var key = RedisKeys.authorization(handle);
    return Optional.ofNullable(commands.run(Command.GET, key))
        .map(value -> held(key, value.toString()))
        .filter(held -> isAlive(held.authorization().expiresAt()));
  }

  private StoredAuthorization held(String key, String sealed) {
    return values
        .authorization(key, sealed)
        .map(authorization -> new StoredAuthorization(authorization, sealed))
        .orElseThrow(SealedConnections::unreadable);
  }

  @Override
  public boolean replace(AuthorizationHandle handle, String revision, Authorization next) {
    var key = RedisKeys.authorization(handle);
    var answer =
        commands.script(
            "replace authorization",
            ConnectionScripts.REPLACE,
            List.of(key),
            revision,
            values.authorization(key, next),
            next.progress() instanceof Progress.Finished ? LIFE : "");
    return answer != null && answer.toInteger() == 1;
  }

  @Override
  public void keepResult(ResultCode code, AuthorizedAccount account) {
    var key = RedisKeys.result(code);
    commands.run(
        Command.SET,
        key,
        values.result(key, account, clocks.now()),
        "PX",
        Long.toString(AuthorizedAccount.LIFE.toMillis()));
  }

  @Override
  public Optional<AuthorizedAccount> findResult(ResultCode code) {
    var key = RedisKeys.result(code);
    var answer = commands.script("find result", ConnectionScripts.GET, List.of(key));
    if (answer == null || answer.get(0).toString().isEmpty()) {
      return Optional.empty();
    }
    var left = Duration.ofMillis(answer.get(1).toLong());
    if (left.isNegative() || left.compareTo(AuthorizedAccount.LIFE) > 0) {
      return Optional.empty(); // The broker stores no value without an expiry or with a later one.
    }
    return Optional.of(
            values
                .result(key, answer.get(0).toString(), left, clocks.now())
                .orElseThrow(SealedConnections::unreadable))
        .filter(account -> isAlive(account.expiresAt()));
  }

  @Override
  public boolean takeResult(ResultCode code) {
    var answer = commands.run(Command.DEL, RedisKeys.result(code));
    return answer != null && answer.toInteger() == 1;
  }

  private boolean isAlive(Instant end) {
    return clocks.wall().isBefore(end.plus(SealedValues.CLOCK_TOLERANCE));
  }
}
