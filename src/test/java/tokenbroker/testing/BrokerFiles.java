package tokenbroker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The files that a broker reads, in a directory of a test: clients, secrets, seal keys and caller
 * keys.
 */
public final class BrokerFiles {

  private final Path directory;

  /** Writes a clients file without clients, and one seal key. */
  public BrokerFiles(Path directory) {
    this.directory = directory;
    write("clients.yaml", "clients:\n");
    sealKey("2026-01");
    try {
      Files.createDirectories(secrets());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path clients() {
    return directory.resolve("clients.yaml");
  }

  public Path secrets() {
    return directory.resolve("secrets");
  }

  public Path sealKeys() {
    return directory.resolve("seal");
  }

  public Path callerKeys() {
    return directory.resolve("callers.jwks");
  }

  public BrokerFiles clients(String yaml) {
    return write("clients.yaml", yaml);
  }

  public BrokerFiles credentials(String client, String id, String secret) {
    write("secrets/" + client + "/client-id", id + "\n");
    return write("secrets/" + client + "/client-secret", secret + "\n");
  }

  public BrokerFiles sealKey(String id) {
    var key = new byte[32];
    new SecureRandom().nextBytes(key);
    return write("seal/" + id, Base64.getEncoder().encodeToString(key) + "\n");
  }

  public BrokerFiles callerKeys(CallerTokens issuer) {
    return write("callers.jwks", issuer.jwks());
  }

  /** Replaces a file atomically: a reader gets either the old contents or the new. */
  public BrokerFiles write(String name, String contents) {
    var file = directory.resolve(name);
    try {
      Files.createDirectories(file.getParent());
      var next =
          Files.writeString(file.resolveSibling("." + file.getFileName() + ".next"), contents);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
