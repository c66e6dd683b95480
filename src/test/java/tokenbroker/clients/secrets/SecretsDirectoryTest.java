package tokenbroker.clients.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.clients.ClientCredentials;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.ClientSecret;
import tokenbroker.clients.CredentialsFault;
import tokenbroker.clients.CredentialsFault.Kind;
import tokenbroker.clients.secrets.SecretsDirectory.Secrets;
import tokenbroker.seal.KeyedHash;
import tokenbroker.testing.SettableClock;

class SecretsDirectoryTest {

  private static final ClientName ACME = new ClientName("acme");

  @TempDir Path root;

  private final SettableClock clock = new SettableClock(Instant.now());
  private final KeyedHash hash = new KeyedHash(new byte[32]);
  private SecretsDirectory directory;

  @BeforeEach
  void open() throws IOException {
    directory = new SecretsDirectory(root, hash, clock);
    Files.createDirectory(root.resolve("acme"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\r\n", "\n\n", "\r\n\n\r\n"})
  void newlinesAfterACredentialAreNoPartOfIt(String end) throws IOException {
    write("client-id", "1_abc" + end);
    write("client-secret", " s3cret = ü " + end);

    assertThat(found())
        .isEqualTo(
            new ClientCredentials(
                "1_abc",
                new ClientSecret(" s3cret = ü "),
                hash.of("credentials", "1_abc", " s3cret = ü ").substring(0, 8)));
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        arguments(new byte[0], "is empty"),
        arguments("\n".getBytes(UTF_8), "is empty"),
        arguments("  \n".getBytes(UTF_8), "is empty"),
        arguments("TOPSECRET\nsecond".getBytes(UTF_8), "unprintable"),
        arguments("TOPSECRET\r".getBytes(UTF_8), "unprintable"),
        arguments("TOP\tSECRET".getBytes(UTF_8), "unprintable"),
        arguments("\uFEFFTOPSECRET".getBytes(UTF_8), "unprintable"),
        arguments("TOPSECRET\0".getBytes(UTF_8), "unprintable"),
        arguments(new byte[] {'T', (byte) 0xC3, '('}, "is not UTF-8"),
        arguments("x".repeat(8 * 1024 + 1).getBytes(UTF_8), "is larger than 8 KiB"));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void whatCannotBeACredentialIsAFaultThatDoesNotRepeatIt(byte[] content, String message)
      throws IOException {
    write("client-id", "1_abc");
    Files.write(root.resolve("acme/client-secret"), content);

    assertThat(fault().kind()).isEqualTo(Kind.MALFORMED);
    assertThat(fault().message())
        .contains("acme/client-secret", message)
        .doesNotContain("TOP", "xx", "1_abc");
  }

  @ParameterizedTest
  @ValueSource(strings = {"client-id", "client-secret"})
  void eachMissingFileIsNamed(String missing) throws IOException {
    write("client-id", "1_abc");
    write("client-secret", "s");
    Files.delete(root.resolve("acme").resolve(missing));

    assertThat(fault().kind()).isEqualTo(Kind.MISSING);
    assertThat(fault().message()).contains("acme/" + missing, "create it");
  }

  @Test
  void aDirectoryInPlaceOfAFileIsAFault() throws IOException {
    write("client-id", "1_abc");
    Files.createDirectory(root.resolve("acme/client-secret"));

    assertThat(fault().kind()).isEqualTo(Kind.UNREADABLE);
  }

  @Test
  void whatAFileHoldsIsSeenWhenItAppearsAndWhenItChanges() throws IOException {
    assertThat(fault().kind()).isEqualTo(Kind.MISSING);

    write("client-id", "1_abc");
    write("client-secret", "first");
    assertThat(found().secret().reveal()).isEqualTo("first");

    write("client-secret", "second one");
    assertThat(found().secret().reveal()).isEqualTo("second one");
  }

  @Test
  void aChangeThatLooksLikeNoneIsSeenWhileTheFileIsYoung() throws IOException {
    write("client-id", "1_abc");
    write("client-secret", "old");
    var modified = Files.getLastModifiedTime(root.resolve("acme/client-secret"));
    assertThat(found().secret().reveal()).isEqualTo("old");

    write("client-secret", "new");
    Files.setLastModifiedTime(root.resolve("acme/client-secret"), modified);

    assertThat(found().secret().reveal()).isEqualTo("new");
  }

  @Test
  void aFileThatLooksAsItDidIsNotReadAgain() throws IOException {
    write("client-id", "1_abc");
    write("client-secret", "old");
    var longAgo = FileTime.from(clock.instant().minus(Duration.ofHours(1)));
    Files.setLastModifiedTime(root.resolve("acme/client-id"), longAgo);
    Files.setLastModifiedTime(root.resolve("acme/client-secret"), longAgo);
    assertThat(found().secret().reveal()).isEqualTo("old");

    write("client-secret", "new");
    Files.setLastModifiedTime(root.resolve("acme/client-secret"), longAgo);
    assertThat(found().secret().reveal()).isEqualTo("old");

    directory.retain(Set.of());
    assertThat(found().secret().reveal()).isEqualTo("new");
  }

  @Test
  void aKubernetesMountIsReadThroughItsLinksBeforeAndAfterASwap() throws IOException {
    var mount = Files.createDirectory(root.resolve("mount"));
    kubeletWrites(mount, "..2026_01_01", "1_abc", "old");
    Files.createSymbolicLink(mount.resolve("acme"), Path.of("..data/acme"));
    directory = new SecretsDirectory(mount, hash, clock);
    clock.advance(Duration.ofHours(1));
    assertThat(found().secret().reveal()).isEqualTo("old");

    kubeletWrites(mount, "..2026_02_02", "2_abc", "new");

    assertThat(found().clientId()).isEqualTo("2_abc");
    assertThat(found().secret().reveal()).isEqualTo("new");
  }

  /**
   * Writes secrets as the kubelet does: it creates a directory and then renames a link over the old
   * one.
   */
  private static void kubeletWrites(Path mount, String version, String id, String secret)
      throws IOException {
    var files = Files.createDirectories(mount.resolve(version).resolve("acme"));
    Files.writeString(files.resolve("client-id"), id);
    Files.writeString(files.resolve("client-secret"), secret);
    Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of(version));
    Files.move(
        mount.resolve("..data_tmp"), mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
  }

  private void write(String file, String content) throws IOException {
    Files.writeString(root.resolve("acme").resolve(file), content);
  }

  private ClientCredentials found() {
    return switch (directory.read(ACME)) {
      case Secrets.Found(var credentials) -> credentials;
      case Secrets.Faulty(var fault) -> throw new AssertionError(fault.toString());
    };
  }

  private CredentialsFault fault() {
    return switch (directory.read(ACME)) {
      case Secrets.Found found -> throw new AssertionError("no fault");
      case Secrets.Faulty(var fault) -> fault;
    };
  }
}
