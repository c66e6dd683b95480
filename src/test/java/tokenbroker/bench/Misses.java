package tokenbroker.bench;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/**
 * Measures requests for tokens that are not cached in the process: one caller, one request at a
 * time. The first half of the requests is warm-up and is not counted.
 */
final class Misses {

  private static final int CLIENTS = BenchSite.fromEnvironment("MISSES", 20_000);
  private static final String SHARED =
      "token_broker_request_duration_seconds_%s{outcome=\"shared\"";

  private Misses() {}

  static void measure(Table table) {
    var vertx = Vertx.vertx();
    try (var site = new BenchSite(CLIENTS);
        var first = site.broker().start();
        var second = site.broker().start()) {
      var micros = new Samples();
      var asks = Requests.clients(site.issuer, CLIENTS).asks();
      try (var toFirst = new OneConnection(first.port());
          var toSecond = new OneConnection(second.port());
          var http = HttpClient.newHttpClient()) {
        var redis = connect(vertx, site);
        var counted = 0.0;
        var seconds = 0.0;
        for (var i = 0; i < CLIENTS; i++) {
          if (i == CLIENTS / 2) {
            counted = second.metric(SHARED.formatted("count"));
            seconds = second.metric(SHARED.formatted("sum"));
          }
          var request = asks.get(i).text();
          var upstream = upstream(http, site);
          var fetched = toFirst.ask(request);
          var get = get(redis, "token-broker:{" + asks.get(i).client() + "}:token");
          var shared = toSecond.ask(request);
          var hit = toSecond.ask(request);
          if (i >= CLIENTS / 2) {
            micros.add("upstream", upstream / 1e3);
            micros.add("fetched", fetched / 1e3);
            micros.add("get", get / 1e3);
            micros.add("shared", shared / 1e3);
            micros.add("hit", hit / 1e3);
          }
        }
        micros.add(
            "in the broker",
            1e6
                * (second.metric(SHARED.formatted("sum")) - seconds)
                / (second.metric(SHARED.formatted("count")) - counted));
      }
      var hit = micros.median("hit");
      table.row("hit over HTTP, µs", hit);
      table.row("bare Redis GET, µs", micros.median("get"));
      table.row("miss answered from Redis, over HTTP, µs", micros.median("shared"));
      table.row("the same as the broker counts it, mean, µs", micros.median("in the broker"));
      table.ratio(
          "miss answered from Redis, in the broker, to a bare GET, means",
          micros.median("in the broker"),
          micros.mean("get"),
          "≤ 2");
      table.row("bare call of the upstream, µs", micros.median("upstream"));
      table.row("miss answered by the upstream, over HTTP, µs", micros.median("fetched"));
      table.row(
          "added to the upstream's own time, ms",
          "%.2f".formatted((micros.median("fetched") - micros.median("upstream")) / 1e3),
          "≤ 5");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      vertx.close();
    }
  }

  private static RedisConnection connect(Vertx vertx, BenchSite site) {
    return Redis.createClient(vertx, site.redis.url())
        .connect()
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  /**
   * Measures one GET with the broker's Redis client. Like the broker, it waits on a virtual thread.
   * Nanoseconds.
   */
  private static long get(RedisConnection redis, String key) {
    var took = new long[1];
    try {
      Thread.ofVirtual()
          .start(
              () -> {
                var start = System.nanoTime();
                redis
                    .send(Request.cmd(Command.GET).arg(key))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
                took[0] = System.nanoTime() - start;
              })
          .join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return took[0];
  }

  /**
   * Measures one upstream request with the JDK's HTTP client. Each request opens a connection,
   * because the upstream closes each one. Nanoseconds.
   */
  private static long upstream(HttpClient http, BenchSite site) throws IOException {
    var start = System.nanoTime();
    try {
      http.send(
          HttpRequest.newBuilder(site.upstream.url())
              .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials"))
              .build(),
          BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return System.nanoTime() - start;
  }
}
