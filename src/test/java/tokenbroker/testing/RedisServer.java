package tokenbroker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import redis.embedded.core.ExecutableProvider;

/**
 * A version of Redis, or of a server that is compatible with it.
 *
 * @param name as the server prints it, such as {@code Valkey 8.1}
 */
public record RedisServer(String name, Path executable) {

  /** The server that every test uses by default. It comes with a dependency. */
  public static final RedisServer DEFAULT = of(embedded());

  private static final Path DOWNLOADED = Path.of("target", "redis-servers");

  /**
   * Returns the servers at hand: the default, that of the operating system, and those that {@code
   * bin/redis-servers} downloads.
   */
  public static List<RedisServer> all() {
    var path = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator));
    var installed =
        path.map(it -> Path.of(it, "redis-server")).filter(Files::isExecutable).limit(1);
    var downloaded =
        Stream.of("redis-8", "valkey-8").map(DOWNLOADED::resolve).filter(Files::isExecutable);
    return Stream.concat(
            Stream.of(DEFAULT),
            Stream.concat(installed, downloaded).map(it -> of(it.toAbsolutePath())))
        .toList();
  }

  private static RedisServer of(Path executable) {
    try {
      var process = new ProcessBuilder(executable.toString(), "--version").start();
      var printed = new String(process.getInputStream().readAllBytes(), UTF_8);
      var version = Pattern.compile("(\\w+) server v=([0-9]+\\.[0-9]+)").matcher(printed);
      if (!version.find()) {
        throw new IllegalStateException(executable + " printed: " + printed);
      }
      return new RedisServer(version.group(1) + " " + version.group(2), executable);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path embedded() {
    try {
      return ExecutableProvider.newJarResourceProvider().get().toPath().toAbsolutePath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
