package tokenbroker.bench;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.RedisServer;

/**
 * Compares ways to announce a renewal to replicas: one channel for all clients, which the broker
 * uses; one of several channels, chosen by a hash of the client, to which a replica subscribes
 * while it holds clients of it; and the same with sharded pub/sub.
 */
final class Channels {

  private static final List<Integer> NUMBERS = List.of(1, 1_024, 16_384, 131_072, 1_048_576);
  private static final int[] USERS = {1_000, 30, 3};

  private static final int SUBSCRIBERS = 100;
  private static final int PUBLISHED = 20_000;

  /** How many announcements wait for Redis at once in a burst. */
  private static final int BURST = 500;

  /** As long as a real announcement: a word, and the name of a client. */
  private static final String TEXT = "renewed client-" + "x".repeat(20);

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private static final Pattern CPU = Pattern.compile("used_cpu_(?:user|sys):([0-9.]+)");

  private Channels() {}

  /**
   * Computes the deliveries per second, and the subscriptions that Redis has to hold.
   *
   * @param renewals the renewals of all clients per second
   */
  static void simulate(Table table, double renewals, int replicas, int clients) {
    for (var users : USERS) {
      for (var channels : NUMBERS) {
        var held = (double) clients * users / replicas;
        var subscribed = 1 - Math.pow(1 - 1.0 / channels, held);
        table.row(
            "%,d channels, %,d of %,d replicas use each client: deliveries per second; subscriptions"
                .formatted(channels, users, replicas),
            "%,.0f; %,.0f"
                .formatted(renewals * replicas * subscribed, replicas * channels * subscribed),
            "");
      }
    }
  }

  /** Measures what an announcement costs a real Redis, by the kind and number of channels. */
  static void measure(Table table) {
    var server =
        RedisServer.all().stream()
            .filter(Channels::hasShardedChannels)
            .findFirst()
            .orElse(RedisServer.DEFAULT);
    table.row("announcements to %d replicas".formatted(SUBSCRIBERS), server.name(), "");
    for (var atOnce : List.of(1, BURST)) {
      row(table, server, "one channel, every replica hears it", "", 1, 1, atOnce);
      row(table, server, "1,000 channels, every replica hears all", "", 1_000, 1, atOnce);
      row(table, server, "1,000 channels, each replica hears a tenth", "", 1_000, 10, atOnce);
      if (hasShardedChannels(server)) {
        row(table, server, "1,000 sharded channels, each a tenth", "S", 1_000, 10, atOnce);
      } else {
        table.row("1,000 sharded channels, each a tenth", "not measured: needs Redis 7", "");
      }
    }
  }

  private static boolean hasShardedChannels(RedisServer server) {
    return Integer.parseInt(server.name().replaceFirst("\\D*(\\d+).*", "$1")) >= 7;
  }

  /**
   * Measures one way.
   *
   * @param kind {@code S} for sharded pub/sub, or else empty
   * @param part each subscriber hears one of this many channels
   * @param atOnce how many announcements wait for Redis at once. Redis writes those of a burst to a
   *     subscriber together
   */
  private static void row(
      Table table,
      RedisServer server,
      String what,
      String kind,
      int channels,
      int part,
      int atOnce) {
    var vertx = Vertx.vertx();
    try (var redis = new RealRedis(server)) {
      var received = new LongAdder();
      for (var i = 0; i < SUBSCRIBERS; i++) {
        var subscription = new StringBuilder();
        for (var channel = i % part; channel < channels; channel += part) {
          subscription.append(kind).append("SUBSCRIBE c").append(channel).append("\r\n");
        }
        var socket = connect(vertx, redis);
        socket.handler(bytes -> received.add(count(bytes, '*')));
        socket.write(subscription.toString());
      }
      var heard = SUBSCRIBERS / part;
      await(received, (long) channels * heard);
      var publisher = connect(vertx, redis);
      var published = new LongAdder();
      publisher.handler(bytes -> published.add(count(bytes, ':')));
      publish(publisher, published, kind, channels, BURST, atOnce); // A warm-up.
      var before = micros(redis);
      var number = atOnce == 1 ? PUBLISHED / 10 : PUBLISHED;
      publish(publisher, published, kind, channels, number, atOnce);
      await(received, (long) (channels + BURST + number) * heard);
      var each = (micros(redis) - before) / number;
      table.row(
          "%s, %d at once: Redis' processor time per announcement; per delivery, µs"
              .formatted(what, atOnce),
          "%.1f; %.2f".formatted(each, each / heard),
          "");
    } finally {
      vertx.close();
    }
  }

  private static void publish(
      NetSocket publisher, LongAdder published, String kind, int channels, int number, int atOnce) {
    var end = published.sum() + number;
    var sent = 0;
    while (sent < number) {
      var batch = new ArrayList<String>();
      for (; batch.size() < atOnce && sent < number; sent++) {
        batch.add(kind + "PUBLISH c" + sent % channels + " \"" + TEXT + "\"\r\n");
      }
      publisher.write(Buffer.buffer(String.join("", batch)));
      await(published, end - number + sent);
    }
  }

  /** Waits until Redis has sent as many messages. It fails if they do not come, or if more come. */
  private static void await(LongAdder received, long expected) {
    var end = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (received.sum() < expected && System.nanoTime() < end) {
      LockSupport.parkNanos(20_000);
    }
    if (received.sum() != expected) {
      throw new IllegalStateException(
          "Redis sent %d messages instead of %d".formatted(received.sum(), expected));
    }
  }

  private static long count(Buffer bytes, char sign) {
    return bytes.toString().chars().filter(each -> each == sign).count();
  }

  private static NetSocket connect(Vertx vertx, RealRedis redis) {
    return vertx
        .createNetClient()
        .connect(redis.port(), "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private static double micros(RealRedis redis) {
    return CPU.matcher(redis.infoText("cpu"))
            .results()
            .mapToDouble(found -> Double.parseDouble(found.group(1)))
            .sum()
        * 1e6;
  }
}
