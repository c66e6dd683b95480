package tokenbroker.redis;

import io.vertx.redis.client.Response;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.Config;
import tokenbroker.config.BrokerConfig;
import tokenbroker.config.ReplicaName;
import tokenbroker.tokens.StoreUnavailable;

/**
 * The list of the replicas that share this Redis, for operators. Nothing depends on it. Each
 * replica enters itself periodically, and is removed a minute after its last entry. An entry is a
 * text with a random id, the replica's name and its version. Anyone who can write to Redis can add
 * entries, so malformed ones are ignored and their number is limited.
 */
@Singleton
public class Replicas {

  /** How often a replica enters itself. */
  public static final Duration EVERY = Duration.ofSeconds(15);

  private static final Duration SILENT = Duration.ofMinutes(1);
  private static final int MOST = 500;
  private static final int LONGEST = 200;
  private static final Pattern ENTRY =
      Pattern.compile("([0-9a-f]{8}) ([A-Za-z0-9._-]{1,100}) ([A-Za-z0-9._+-]{1,50})");

  private static final String NOW =
      """
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      """;

  /** Enters a replica and removes silent ones. ARGV entry, milliseconds until it is removed. */
  private static final String ENTER =
      NOW
          + """
          redis.call('ZADD', KEYS[1], now, ARGV[1])
          redis.call('PEXPIRE', KEYS[1], ARGV[2])
          local silent = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2], 'LIMIT', 0, 100)
          for _, entry in ipairs(silent) do redis.call('ZREM', KEYS[1], entry) end
          """;

  /** ARGV as {@link #ENTER}, the maximum number and length. Returns number, then entry and age. */
  private static final String READ =
      NOW
          + """
          local first = now - ARGV[1]
          local found = {redis.call('ZCOUNT', KEYS[1], first, '+inf')}
          local heard =
            redis.call('ZRANGEBYSCORE', KEYS[1], first, '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2])
          for i = 1, #heard, 2 do
            if #heard[i] <= tonumber(ARGV[3]) then
              found[#found + 1] = heard[i]
              found[#found + 1] = now - tonumber(heard[i + 1])
            end
          end
          return found
          """;

  private final RedisCommands commands;
  private final String id = UUID.randomUUID().toString().substring(0, 8);
  private final String entry;

  @Inject
  Replicas(RedisCommands commands, BrokerConfig broker, Config config) {
    this(
        commands,
        ReplicaName.of(broker).orElse("unnamed"),
        config.getOptionalValue("quarkus.application.version", String.class).orElse("unknown"));
  }

  Replicas(RedisCommands commands, String name, String version) {
    this.commands = commands;
    this.entry = "%s %s %s".formatted(id, plain(name, 100), plain(version, 50));
  }

  private static String plain(String text, int longest) {
    var plain = text.replaceAll("[^A-Za-z0-9._-]", "-");
    return plain.isEmpty() ? "-" : plain.substring(0, Math.min(longest, plain.length()));
  }

  /**
   * A replica that was heard within the last minute.
   *
   * @param heard the time since its last entry
   * @param isThis whether it is this process
   */
  public record Replica(String name, String version, Duration heard, boolean isThis) {}

  /**
   * The replicas that were heard within the last minute.
   *
   * @param number how many there are; may exceed the size of the list
   */
  public record Roll(List<Replica> replicas, long number) {}

  /** Enters this replica. Does not wait for Redis. */
  public void enter() {
    commands.sendScript(ENTER, List.of(RedisKeys.REPLICAS), entry, "" + SILENT.toMillis());
  }

  /**
   * Returns the replicas. Blocks for a bounded time.
   *
   * @throws StoreUnavailable if Redis does not answer
   */
  public Roll read() {
    var found =
        commands.script(
            "replicas",
            READ,
            List.of(RedisKeys.REPLICAS),
            "" + SILENT.toMillis(),
            "" + MOST,
            "" + LONGEST);
    if (found == null || found.size() == 0) {
      throw new StoreUnavailable("replicas: an unexpected response");
    }
    var replicas = new ArrayList<Replica>();
    for (var i = 1; i + 1 < found.size(); i += 2) {
      replica(found.get(i), found.get(i + 1)).ifPresent(replicas::add);
    }
    return new Roll(List.copyOf(replicas), found.get(0).toLong());
  }

  private Optional<Replica> replica(Response text, Response millis) {
    var parts = ENTRY.matcher(text.toString());
    return parts.matches()
        ? Optional.of(
            new Replica(
                parts.group(2),
                parts.group(3),
                Duration.ofMillis(Math.max(0, millis.toLong())),
                parts.group(1).equals(id)))
        : Optional.empty();
  }
}
