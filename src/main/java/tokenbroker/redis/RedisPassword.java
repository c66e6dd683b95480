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
 * The password of Redis as its file has it. A file that becomes unreadable or empty leaves the last
 * good password in use.
 */
@Singleton
public class RedisPassword {

  private static final Logger LOG = Logger.getLogger(RedisPassword.class);

  private final Optional<Path> file;
  private final List<String> faults;

  /** Null if no file is configured, or if it has never been read. */
  private volatile @Nullable String password;

  /** What the log has said; empty while the file can be read. */
  private String toldOf = "";

  RedisPassword(BrokerConfig config) {
    file =
        config.store() == BrokerConfig.Store.REDIS
            ? config.redis().passwordFile()
            : Optional.empty();
    faults = file.flatMap(this::read).stream().toList();
  }

  /** Returns what kept the password from being read at the start. */
  public List<String> faults() {
    return faults;
  }

  /** Reads the file again. Connections that are open stay; the next one uses what is read here. */
  public synchronized void reload() {
    var before = password;
    var fault = file.flatMap(this::read).orElse("");
    if (!fault.isEmpty() && !fault.equals(toldOf)) {
      LOG.warnf("The password of Redis stays as it was: %s", fault);
    }
    toldOf = fault;
    if (before != null && !before.equals(password)) {
      LOG.info("The password of Redis was replaced");
    }
  }

  /** Returns the password that a new connection uses; null if the addresses or Quarkus have it. */
  @Nullable String current() {
    return password;
  }

  /** Returns what is wrong with the file. */
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
