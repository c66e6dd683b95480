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
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Measures requests for tokens that are not cached in the process: one caller, one request at a
 * time. The first half of the requests is warm-up and is not counted.
 */
final class Misses {

  private static final int CLIENTS = BenchSite.fromEnvironment("MISSES", 6_000);
  private static final int PER_SECOND = 500;
  private static final int AT_ONCE = 2_000;
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
      atOnce(table);
      openLoad(table, site, micros.quantile("get", 0.99) / 1e3);
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

  /**
   * Measures misses at a fixed rate, on a replica that has no token yet. Each client is requested
   * once. The first half is warm-up.
   *
   * @param get the 99th percentile of bare GETs, in milliseconds
   */
  private static void openLoad(Table table, BenchSite site, double get) {
    var asks = Requests.clients(site.issuer, CLIENTS).asks();
    var seconds = CLIENTS / 2 / PER_SECOND;
    try (var third = site.broker().start()) {
      OpenLoad.run(third.port(), new Requests(asks.subList(0, CLIENTS / 2)), PER_SECOND, seconds);
      var misses =
          OpenLoad.run(
              third.port(), new Requests(asks.subList(CLIENTS / 2, CLIENTS)), PER_SECOND, seconds);
      table.ratio(
          "p99 of a miss answered from Redis at %d/s to a bare GET's (%.2f ms to %.2f ms)"
              .formatted(PER_SECOND, misses.millis(0.99), get),
          misses.millis(0.99),
          get,
          "≤ 5");
    }
  }

  /** Measures as many callers as clients, all new to a broker that has just started. */
  private static void atOnce(Table table) {
    try (var site = new BenchSite(AT_ONCE);
        var broker = site.broker().start()) {
      var asks = Requests.distinct(site.issuer, AT_ONCE).asks();
      var alone = upstreamAlone(site);
      var start = System.nanoTime();
      var answers =
          asks.stream().map(ask -> broker.sendAsync("/tokens/" + ask.client(), ask.jwt())).toList();
      var failed = answers.stream().filter(answer -> answer.join().statusCode() != 200).count();
      table.row(
          "%,d cold callers of as many clients at once: all answered, s; failed; the upstream alone, s"
              .formatted(AT_ONCE),
          "%.2f; %d; %.2f".formatted((System.nanoTime() - start) / 1e9, failed, alone),
          "≤ 3 more than the upstream; 0");
    }
  }

  /** Measures as many requests of the upstream at once, without a broker. Seconds. */
  private static double upstreamAlone(BenchSite site) {
    try (var http = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(site.upstream.url())
              .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials"))
              .build();
      var start = System.nanoTime();
      Stream.generate(() -> http.sendAsync(request, BodyHandlers.ofString()))
          .limit(AT_ONCE)
          .toList()
          .forEach(CompletableFuture::join);
      return (System.nanoTime() - start) / 1e9;
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
