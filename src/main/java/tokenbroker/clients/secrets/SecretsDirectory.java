package tokenbroker.clients.secrets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientCredentials;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.ClientSecret;
import tokenbroker.clients.CredentialsFault;
import tokenbroker.clients.CredentialsFault.Kind;
import tokenbroker.seal.KeyedHash;

/**
 * The directory with each client's {@code client-id} and {@code client-secret}. The broker reads a
 * file again only if its stamp has changed, because a check of 100,000 clients must be cheap. It
 * follows symbolic links: Kubernetes mounts secrets that way, and swaps one link to change them
 * all. Not thread-safe.
 */
public final class SecretsDirectory {

  private static final int VERSION_LENGTH = 8;

  /**
   * How old a file must be before its stamp is trusted. File systems store coarse timestamps, so a
   * younger file may change without a change of its stamp.
   */
  private static final Duration SETTLED_AFTER = Duration.ofSeconds(2);

  private final Path root;
  private final KeyedHash hash;
  private final Clock clock;
  private final Map<ClientName, LastReading> seen = new HashMap<>();

  public SecretsDirectory(Path root, KeyedHash hash, Clock clock) {
    this.root = root;
    this.hash = hash;
    this.clock = clock;
  }

  /** The result of reading one client's files. */
  public sealed interface Secrets {
    record Found(ClientCredentials credentials) implements Secrets {}

    record Faulty(CredentialsFault fault) implements Secrets {}
  }

  /**
   * The stamp of a file. A file whose stamp is unchanged is assumed to be unchanged. The fields are
   * numbers to save memory, because there may be 200,000 stamps.
   *
   * @param fileKey the hash of device and inode
   * @param modified in nanoseconds since the epoch
   */
  private record Look(int fileKey, long modified, long size) {

    static Look of(BasicFileAttributes attributes) {
      return new Look(
          Objects.hashCode(attributes.fileKey()),
          attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
          attributes.size());
    }

    boolean isOlderThan(Duration age, Instant now) {
      return modified < TimeUnit.SECONDS.toNanos(now.minus(age).getEpochSecond());
    }
  }

  private record Looks(@Nullable Look id, @Nullable Look secret) {}

  private record LastReading(Looks looks, Secrets secrets) {}

  public Secrets read(ClientName client) {
    var directory = root.resolve(client.value());
    var id = directory.resolve("client-id");
    var secret = directory.resolve("client-secret");
    var looks = new Looks(look(id), look(secret));
    var before = seen.get(client);
    if (before != null && before.looks().equals(looks)) {
      return before.secrets();
    }
    var secrets = secrets(SecretFile.read(id), SecretFile.read(secret));
    // The two files form a pair only if neither changed while the other was read.
    if (!looks.equals(new Looks(look(id), look(secret)))) {
      return new Secrets.Faulty(
          new CredentialsFault(
              Kind.UNREADABLE,
              directory + " changed while the broker read it: the broker will read it again soon"));
    }
    if (isSettled(looks.id()) && isSettled(looks.secret()) && !isUnreadable(secrets)) {
      seen.put(client, new LastReading(looks, secrets));
    }
    return secrets;
  }

  public void retain(Set<ClientName> clients) {
    seen.keySet().retainAll(clients);
  }

  private Secrets secrets(SecretFile.Content id, SecretFile.Content secret) {
    return switch (id) {
      case SecretFile.Content.Faulty(var fault) -> new Secrets.Faulty(fault);
      case SecretFile.Content.Plain(var clientId) ->
          switch (secret) {
            case SecretFile.Content.Faulty(var fault) -> new Secrets.Faulty(fault);
            case SecretFile.Content.Plain(var value) ->
                new Secrets.Found(credentials(clientId, value));
          };
    };
  }

  private ClientCredentials credentials(String clientId, String secret) {
    var version = hash.of("credentials", clientId, secret).substring(0, VERSION_LENGTH);
    return new ClientCredentials(clientId, new ClientSecret(secret), version);
  }

  private static @Nullable Look look(Path file) {
    try {
      return Look.of(Files.readAttributes(file, BasicFileAttributes.class));
    } catch (IOException e) {
      return null;
    }
  }

  private boolean isSettled(@Nullable Look look) {
    return look != null && look.isOlderThan(SETTLED_AFTER, clock.instant());
  }

  /**
   * Returns whether a file could not be read. Such a result is not cached, because a permission may
   * change without a change of the stamp.
   */
  private static boolean isUnreadable(Secrets secrets) {
    return secrets instanceof Secrets.Faulty(var fault) && fault.kind() == Kind.UNREADABLE;
  }
}
