package tokenbroker.clients.secrets;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientCredentials;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.ClientSecret;
import tokenbroker.clients.CredentialsFault;
import tokenbroker.clients.CredentialsFault.Kind;
import tokenbroker.seal.KeyedHash;

/**
 * The directory with each client's {@code client-id} and {@code client-secret}, in one of two
 * {@link Layout}s. The broker reads a file again only if its stamp has changed, because a check of
 * 100,000 clients must be cheap. It follows symbolic links: Kubernetes mounts secrets that way, and
 * swaps one link to change them all. Not thread-safe.
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

  /** The last stamp of the directory itself; null if the names in it may have changed since. */
  private @Nullable Look names;

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

  private record Looks(@Nullable Look id, @Nullable Look secret) {
    boolean anyFile() {
      return id != null || secret != null;
    }
  }

  private record LastReading(Layout layout, Looks looks, Secrets secrets) {}

  /** Reads the credentials of these clients, in this order, and forgets those of all others. */
  public Map<ClientName, Secrets> read(Collection<ClientName> clients) {
    seen.keySet().retainAll(clients);
    var now = look(root);
    var sameNames = now != null && now.equals(names);
    var secrets = new LinkedHashMap<ClientName, Secrets>();
    for (var client : clients) {
      secrets.put(client, read(client, sameNames));
    }
    names = isSettled(now) ? now : null;
    return secrets;
  }

  /**
   * Reads one client's files.
   *
   * @param sameNames whether the root has the same entries as before; then a client that had one
   *     layout alone cannot have the other
   */
  private Secrets read(ClientName client, boolean sameNames) {
    var before = seen.get(client);
    if (before != null && sameNames && before.looks().equals(looks(client, before.layout()))) {
      return before.secrets();
    }
    seen.remove(client);
    var flat = looks(client, Layout.FLAT);
    var nested = looks(client, Layout.DIRECTORY);
    if (flat.anyFile() && nested.anyFile()) {
      return faulty(Kind.DUPLICATE, Layout.duplicate(root, client));
    }
    if (!flat.anyFile() && !nested.anyFile()) {
      return faulty(Kind.MISSING, Layout.missing(root, client));
    }
    return flat.anyFile()
        ? read(client, Layout.FLAT, flat, before)
        : read(client, Layout.DIRECTORY, nested, before);
  }

  private Secrets read(
      ClientName client, Layout layout, Looks looks, @Nullable LastReading before) {
    var secrets =
        before != null && before.layout() == layout && before.looks().equals(looks)
            ? before.secrets()
            : contents(client, layout, looks);
    if (mayRemember(client, layout, looks) && !isUnreadable(secrets)) {
      seen.put(client, new LastReading(layout, looks, secrets));
    }
    return secrets;
  }

  private Secrets contents(ClientName client, Layout layout, Looks looks) {
    var secrets =
        secrets(
            SecretFile.read(layout.id(root, client)), SecretFile.read(layout.secret(root, client)));
    // The two files form a pair only if neither changed while the other was read.
    return looks.equals(looks(client, layout))
        ? secrets
        : faulty(
            Kind.UNREADABLE,
            layout.id(root, client)
                + " or client-secret changed while the broker read them: the broker will read them again soon");
  }

  /**
   * Returns whether the stamps of the root and of both files show each change from now on. The
   * stamp of the root does not show a new file in the client's directory.
   */
  private boolean mayRemember(ClientName client, Layout layout, Looks looks) {
    return isSettled(looks.id())
        && isSettled(looks.secret())
        && (layout == Layout.DIRECTORY || look(Layout.directory(root, client)) == null);
  }

  private static Secrets.Faulty faulty(Kind kind, String message) {
    return new Secrets.Faulty(new CredentialsFault(kind, message));
  }

  private Looks looks(ClientName client, Layout layout) {
    return new Looks(look(layout.id(root, client)), look(layout.secret(root, client)));
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
      // Unlike Files.readAttributes, this creates no exception for a file that does not exist.
      var attributes =
          file.getFileSystem().provider().readAttributesIfExists(file, BasicFileAttributes.class);
      return attributes == null ? null : Look.of(attributes);
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
