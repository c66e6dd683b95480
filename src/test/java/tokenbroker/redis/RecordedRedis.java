package tokenbroker.redis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.StreamSupport;

/**
 * The content of a Redis in a JSON file: each key with its type, its value, and the time that it
 * has left in ms (-1: no expiry).
 */
final class RecordedRedis {

  private static final JsonMapper JSON = new JsonMapper();

  private RecordedRedis() {}

  /** Writes all keys into the file, in order. */
  static void record(RedisCommands redis, Path file) {
    var all = JSON.createArrayNode();
    StreamSupport.stream(run(redis, Command.KEYS, "*").spliterator(), false)
        .map(Response::toString)
        .sorted()
        .forEach(key -> all.add(entry(redis, key)));
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode entry(RedisCommands redis, String key) {
    var type = run(redis, Command.TYPE, key).toString();
    var entry = JSON.createObjectNode().put("key", key).put("type", type);
    entry.put("left", run(redis, Command.PTTL, key).toLong());
    switch (type) {
      case "string" -> entry.put("value", run(redis, Command.GET, key).toString());
      case "hash" -> {
        var value = entry.putObject("value");
        var hash = run(redis, Command.HGETALL, key);
        hash.getKeys().forEach(field -> value.put(field, hash.get(field).toString()));
      }
      case "set" -> {
        var value = entry.putArray("value");
        run(redis, Command.SMEMBERS, key).forEach(member -> value.add(member.toString()));
      }
      case "zset" -> {
        var value = entry.putObject("value");
        for (var member : run(redis, Command.ZRANGE, key, "0", "-1")) {
          var name = member.toString();
          value.put(name, run(redis, Command.ZSCORE, key, name).toDouble());
        }
      }
      default -> throw new IllegalStateException("unknown type " + type + " of " + key);
    }
    return entry;
  }

  /** Writes all keys of the file into Redis, with as much time left as they had. */
  static void restore(RedisCommands redis, Path file) {
    try {
      JSON.readTree(file.toFile()).forEach(entry -> restore(redis, entry));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void restore(RedisCommands redis, JsonNode entry) {
    var key = entry.required("key").textValue();
    var value = entry.required("value");
    switch (entry.required("type").textValue()) {
      case "string" -> run(redis, Command.SET, key, value.textValue());
      case "hash" ->
          value
              .properties()
              .forEach(
                  field ->
                      run(redis, Command.HSET, key, field.getKey(), field.getValue().textValue()));
      case "set" -> value.forEach(member -> run(redis, Command.SADD, key, member.textValue()));
      case "zset" ->
          value
              .properties()
              .forEach(
                  member ->
                      run(redis, Command.ZADD, key, member.getValue().asText(), member.getKey()));
      default -> throw new IllegalStateException("unknown type of " + key);
    }
    var left = entry.required("left").longValue();
    if (left >= 0) {
      run(redis, Command.PEXPIRE, key, Long.toString(left));
    }
  }

  private static Response run(RedisCommands redis, Command command, String... arguments) {
    return Objects.requireNonNull(redis.run(command, arguments));
  }
}
