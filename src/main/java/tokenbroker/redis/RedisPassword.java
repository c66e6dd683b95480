package tokenbroker.redis;

import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.secrets.SecretFile;
import tokenbroker.config.BrokerConfig;

/**
 * The Redis password from its file. If the file becomes unreadable or empty, the last good password
 * stays in use.
 */
@Singleton
public class RedisPassword {

  private static final Logger LOG = Logger.getLogger(RedisPassword.class);

  private final Optional<Path> file;
  private final List<String> faults;

  /** The current password; null if no file is configured or it has never been read. */
  private volatile @Nullable String password;

  /** The fault that was last logged; empty while the file can be read. */
  private String toldOf = "";

  RedisPassword(BrokerConfig config) {
    file =
        config.store() == BrokerConfig.Store.REDIS
            ? config.redis().passwordFile()
            : Optional.empty();
    faults = file.flatMap(this::read).stream().toList();
  }

  /** Returns the faults of the password's file, for a broker that has not been started. */
  public static List<String> faults(BrokerConfig config) {
    return new RedisPassword(config).faults();
  }

  /** Returns the faults that prevented the first read of the password. */
  public List<String> faults() {
    return faults;
  }

  /** Reads the file again. Open connections stay; new connections use the new password. */
  public synchronized void reload() {
    var before = password;
    var fault = file.flatMap(this::read).orElse("");
    if (!fault.isEmpty() && !fault.equals(toldOf)) {
      LOG.warnf("The broker keeps the previous password of Redis: %s", fault);
    }
    toldOf = fault;
    if (before != null && !before.equals(password)) {
      LOG.info("The broker uses the new password of Redis");
    }
  }

  /** Returns the password for a new connection; null if the addresses or Quarkus have it. */
  @Nullable String current() {
    return password;
  }

  /** Reads the file. Returns what is wrong with it; empty if nothing is. */
  private Optional<String> read(Path file) {
    return switch (SecretFile.read(file)) {
      case SecretFile.Content.Plain(var value) -> {
        password = value;
        yield Optional.empty();
      }
      case SecretFile.Content.Faulty(var fault) ->
          Optional.of("broker.redis.password-file: " + fault.message());
    };
  }
}
