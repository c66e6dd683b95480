package tokenbroker.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.stream.LongStream;
import tokenbroker.testing.RealRedis;
import tokenbroker.tokens.RenewalsOfManyReplicas;

/**
 * Computes the load that many replicas with many clients put on Redis and on TrackMage. It
 * simulates the refreshes and multiplies them by the cost of each.
 */
final class Scale {

  private static final int REPLICAS = 1_000;
  private static final int CLIENTS = 1_000_000;
  private static final Duration LIFETIME = Duration.ofHours(1);

  /**
   * The Redis commands of a refresh: look and acquire the lease; store and announce; release the
   * lease.
   */
  private static final int COMMANDS_OF_THE_RENEWER = 3;

  /** The heartbeat of each replica. */
  private static final int COMMANDS_PER_REPLICA_AND_SECOND = 1;

  /** The number of concurrent lookups. The Redis client can queue a few more. */
  private static final int AT_ONCE = 1_000;

  private Scale() {}

  static void simulate(Table table) {
    var renewals = new RenewalsOfManyReplicas(REPLICAS, CLIENTS, LIFETIME);
    table.row(
        "%,d replicas, %,d clients that all of them use, tokens of 1 h"
            .formatted(REPLICAS, CLIENTS),
        "simulated",
        "");
    for (var lap : new int[] {0, 1, 2, 10}) {
      var counts = renewals.perSecond(lap);
      table.row(
          "renewals per second in lifetime %d after a common start: mean, most in a second"
              .formatted(lap + 1),
          "%,.0f, %,d"
              .formatted(
                  LongStream.of(counts).average().orElseThrow(),
                  LongStream.of(counts).max().orElseThrow()),
          "");
    }
    var mean = LongStream.of(renewals.perSecond(10)).average().orElseThrow();
    for (var users : new int[] {REPLICAS, 30, 3}) {
      table.row(
          "Redis commands per second where %,d replicas use each client".formatted(users),
          mean * (COMMANDS_OF_THE_RENEWER + users - 1)
              + (double) REPLICAS * COMMANDS_PER_REPLICA_AND_SECOND);
    }
    table.row("announcements delivered per second", mean * REPLICAS + REPLICAS);
    Channels.simulate(table, mean, REPLICAS, CLIENTS);
    Channels.measure(table);
    table.row("Redis connections", 2.0 * REPLICAS);
    table.row("looks per second that one Redis here serves, pipelined", looksPerSecond());
  }

  /** Measures lookups per second of a stored token of usual size. */
  private static double looksPerSecond() {
    var vertx = Vertx.vertx();
    try (var site = new RealRedis()) {
      var redis =
          Redis.createClient(vertx, site.url())
              .connect()
              .toCompletionStage()
              .toCompletableFuture()
              .join();
      redis
          .send(Request.cmd(Command.SET).arg("{c}:token").arg("x".repeat(1_500)))
          .toCompletionStage()
          .toCompletableFuture()
          .join();
      var rates = new Samples();
      for (var round = 0; round <= BenchSite.ROUNDS; round++) {
        var start = System.nanoTime();
        var asked = 20_000;
        for (var i = 0; i < asked; i += AT_ONCE) {
          var looks = new ArrayList<Future<?>>();
          for (var j = 0; j < AT_ONCE; j++) {
            looks.add(redis.send(look()));
          }
          Future.all(looks).toCompletionStage().toCompletableFuture().join();
        }
        if (round > 0) { // The first one warms up.
          rates.add("looks", asked * 1e9 / (System.nanoTime() - start));
        }
      }
      return rates.median("looks");
    } finally {
      vertx.close();
    }
  }

  /** Returns a script request with the same length and the same work as the broker's own. */
  private static Request look() {
    return Request.cmd(Command.EVAL)
        .arg(
            """
            local token = redis.pcall('GET', KEYS[1])
            local failure = redis.pcall('GET', KEYS[2])
            return {token or '', redis.call('PTTL', KEYS[1]), token and redis.sha1hex(token) or '',
                    failure or '', redis.call('PTTL', KEYS[2]), failure and redis.sha1hex(failure) or ''}
            """)
        .arg(2)
        .arg("{c}:token")
        .arg("{c}:failure");
  }
}
