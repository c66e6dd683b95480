package tokenbroker.redis;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.redis.client.Response;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tokenbroker.connections.Authorization;
import tokenbroker.connections.AuthorizationId;
import tokenbroker.connections.AuthorizationStore;
import tokenbroker.seal.Seal;
import tokenbroker.tokens.StoreUnavailable;

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
    return Optional.ofNullable(
            commands.script(
                "bind authorization", ConnectionScripts.BIND, List.of(key(id)), browser))
        .map(found -> opened(id, found));
  }

  @Override
  public Claim claim(AuthorizationId id, String browser, Duration limit) {
    var key = key(id);
    var answer =
        commands.script(
            "claim authorization",
            ConnectionScripts.CLAIM_AUTHORIZATION,
            List.of(key, claimOf(key)),
            browser,
            Long.toString(limit.toMillis()));
    if (answer == null) {
      throw new StoreUnavailable("claim authorization: no answer");
    }
    return switch (answer.get(0).toString()) {
      case "first" -> new Claim.First(opened(id, answer.get(1)));
      case "under_way" -> new Claim.UnderWay();
      case "finished" ->
          new Claim.Finished(
              opened(id, answer.get(1)),
              values
                  .outcome(key, answer.get(2).toString())
                  .orElseThrow(SealedConnections::unreadable));
      case "abandoned" -> new Claim.Abandoned();
      default -> new Claim.Absent();
    };
  }

  @Override
  public void finish(AuthorizationId id, String browser, Outcome outcome) {
    var key = key(id);
    commands.script(
        "finish authorization",
        ConnectionScripts.FINISH_AUTHORIZATION,
        List.of(key, claimOf(key)),
        browser,
        values.outcome(key, outcome),
        Long.toString(Authorization.LIFE.toMillis()));
  }

  private Authorization opened(AuthorizationId id, Response sealed) {
    return values
        .authorization(key(id), id, sealed.toString())
        .orElseThrow(SealedConnections::unreadable);
  }

  private static String key(AuthorizationId id) {
    return Keys.prefix(id.client()) + "authorization:" + id.random();
  }

  private static String claimOf(String key) {
    return key + ":claim";
  }
}
