package tokenbroker.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import tokenbroker.sandbox.crypto.SigningKey;
import tokenbroker.sandbox.trackmage.TrackMageLookAlike;

/**
 * The files that configure the broker for the sandbox. They remain when the process ends, so that a
 * caller token is still valid after a restart.
 *
 * @param root the directory of the files
 */
record SandboxFiles(Path root) {

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  /**
   * Returns the files of this user for this port. Every user and port has a directory of its own,
   * so that sandboxes that run at the same time do not share one.
   */
  static SandboxFiles ofUser(String port) {
    var name = "token-broker-sandbox-" + System.getProperty("user.name") + "-" + port;
    return new SandboxFiles(
        Path.of(System.getProperty("java.io.tmpdir"), name.replaceAll("[^A-Za-z0-9._-]", "_")));
  }

  Path clients() {
    return root.resolve("clients.yaml");
  }

  Path secrets() {
    return root.resolve("secrets");
  }

  /** Returns the path of the JWKS with the public key of the caller tokens. */
  Path callerKeys() {
    return root.resolve("callers.jwks.json");
  }

  Path sealKeys() {
    return root.resolve("seal-keys");
  }

  /** Writes the files that are missing or different. Existing keys are kept. */
  void write(URI baseUrl) {
    try {
      createOrCheck();
      writeIfDifferent(clients(), clientsFile(baseUrl));
      var demo = Files.createDirectories(secrets().resolve("demo"));
      writeIfDifferent(demo.resolve("client-id"), "demo");
      writeIfDifferent(demo.resolve("client-secret"), TrackMageLookAlike.secretOf("demo"));
      writeIfDifferent(callerKeys(), callerKey().jwks());
      var sealKey = Files.createDirectories(sealKeys()).resolve("sandbox");
      if (Files.notExists(sealKey)) {
        writeIfDifferent(sealKey, randomKey());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The sandbox cannot write its files in " + root, e);
    }
  }

  SigningKey callerKey() {
    return SigningKey.loadOrCreate(root.resolve("callers.private.jwk"));
  }

  SigningKey trackMageKey() {
    return SigningKey.loadOrCreate(root.resolve("trackmage.private.jwk"));
  }

  /**
   * Creates the directory, or checks that it belongs to this user alone. Its name can be guessed,
   * and anyone may write to its parent. A person who creates it first could choose the keys.
   */
  private void createOrCheck() throws IOException {
    var posix = root.getFileSystem().supportedFileAttributeViews().contains("posix");
    Files.createDirectories(root.toAbsolutePath().getParent());
    try {
      Files.createDirectory(root, posix ? ownerOnly() : new FileAttribute<?>[0]);
    } catch (FileAlreadyExistsException e) {
      if (posix && !isPrivate()) {
        throw new IOException(
            root
                + " must be a directory that only this user can access (mode rwx------). Remove it,"
                + " or set sandbox.directory to another directory",
            e);
      }
    }
  }

  private static FileAttribute<?>[] ownerOnly() {
    return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)};
  }

  private boolean isPrivate() throws IOException {
    return Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)
        && Files.getOwner(root, LinkOption.NOFOLLOW_LINKS).equals(processOwner())
        && Files.getPosixFilePermissions(root, LinkOption.NOFOLLOW_LINKS).equals(OWNER_ONLY);
  }

  /**
   * Returns the owner of the files that this process creates. It does not use the user's name,
   * because a user id may have none.
   */
  private static UserPrincipal processOwner() throws IOException {
    var probe = Files.createTempFile("token-broker-sandbox", "");
    try {
      return Files.getOwner(probe);
    } finally {
      Files.delete(probe);
    }
  }

  /**
   * Writes the file if its content differs. Otherwise it stays unchanged, so that the broker does
   * not reload it.
   */
  private static void writeIfDifferent(Path file, String content) throws IOException {
    if (Files.notExists(file) || !Files.readString(file).equals(content)) {
      var next = Files.writeString(file.resolveSibling(file.getFileName() + ".next"), content);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static String clientsFile(URI baseUrl) {
    return """
      # Written by the token broker's sandbox at each start. To use a file of your own, set broker.clients.file.
      upstreams:
        sandbox: { base-url: "%s/trackmage" }
      clients:
        demo:
          upstream: sandbox
          return-to: [ "%s/demo" ]
          callers:
            - { issuer: sandbox, subject: demo }
            - { issuer: sandbox, subject: "system:serviceaccount:demo:*" }
      """
        .formatted(baseUrl, baseUrl);
  }

  private static String randomKey() {
    var key = new byte[32];
    new SecureRandom().nextBytes(key);
    return Base64.getEncoder().encodeToString(key);
  }
}
