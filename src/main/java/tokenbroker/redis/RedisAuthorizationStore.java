package tokenbroker.redis;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.redis.client.Response;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tokenbroker.connections.Authorization;
import tokenbroker.connections.AuthorizationId;
import tokenbroker.connections.AuthorizationStore;
import tokenbroker.seal.Seal;

/** Authorizations under way, in Redis. They end by themselves. */
@Singleton
@Typed(RedisAuthorizationStore.class)
public class RedisAuthorizationStore implements AuthorizationStore {

  private final Commands commands;
  private final SealedConnections values;

  RedisAuthorizationStore(Commands commands, Seal seal, MeterRegistry registry) {
    this.commands = commands;
    this.values = new SealedConnections(seal, OpenFailures.in(registry)::increment);
  }

  @Override
  public void keep(Authorization authorization) {
    var key = key(authorization.id());
    commands.script(
        "keep authorization",
        ConnectionScripts.KEEP_AUTHORIZATION,
        List.of(key),
        values.authorization(key, authorization),
        Long.toString(Authorization.LIFE.toMillis()));
  }

  @Override
  public Optional<Authorization> bind(AuthorizationId id, String browser) {
    return read(
        id,
        commands.script("bind authorization", ConnectionScripts.BIND, List.of(key(id)), browser));
  }

  @Override
  public Optional<Authorization> take(AuthorizationId id, String browser) {
    return read(
        id,
        commands.script("take authorization", ConnectionScripts.TAKE, List.of(key(id)), browser));
  }

  private Optional<Authorization> read(AuthorizationId id, @Nullable Response sealed) {
    return Optional.ofNullable(sealed)
        .map(
            found ->
                values
                    .authorization(key(id), id, found.toString())
                    .orElseThrow(SealedConnections::unreadable));
  }

  private static String key(AuthorizationId id) {
    return Keys.prefix(id.client()) + "authorization:" + id.random();
  }
}
