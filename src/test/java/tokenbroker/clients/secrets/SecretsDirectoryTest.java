package tokenbroker.clients.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.clients.ClientCredentials;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.ClientSecret;
import tokenbroker.clients.CredentialsFault;
import tokenbroker.clients.CredentialsFault.Kind;
import tokenbroker.clients.secrets.SecretsDirectory.Secrets;
import tokenbroker.seal.KeyedHash;
import tokenbroker.testing.KubeletVolume;
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
    assertThat(fault().message()).contains("acme/" + missing + " is missing: create it");
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

    directory.read(Set.of());
    assertThat(found().secret().reveal()).isEqualTo("new");
  }

  /** The keys of one Secret, mounted whole: a key of a Secret cannot contain a slash. */
  @Test
  void credentialsInFlatFilesAreFoundBesideDirectories() throws IOException {
    var bolt = new ClientName("bolt");
    write("client-id", "1_acme");
    write("client-secret", "acme's");
    flat("bolt.client-id", "1_bolt\n");
    flat("bolt.client-secret", "bolt's\n");

    var secrets = directory.read(List.of(ACME, bolt));

    assertThat(secrets.keySet()).containsExactly(ACME, bolt);
    assertThat(found(of(ACME, secrets)).clientId()).isEqualTo("1_acme");
    assertThat(found(of(bolt, secrets)))
        .isEqualTo(
            new ClientCredentials(
                "1_bolt",
                new ClientSecret("bolt's"),
                hash.of("credentials", "1_bolt", "bolt's").substring(0, 8)));
  }

  @ParameterizedTest
  @CsvSource({
    "acme.client-id, acme.client-secret, acme/client-id, acme/client-secret",
    "acme.client-id, acme.client-secret, acme/client-secret, ''",
    "acme.client-id, acme/client-secret, '', ''",
    "acme.client-secret, acme/client-id, acme/client-secret, ''"
  })
  void aClientInBothPlacesIsAFaultThatNamesBoth(String a, String b, String c, String d)
      throws IOException {
    for (var file : List.of(a, b, c, d)) {
      if (!file.isEmpty()) {
        flat(file, "x");
      }
    }

    assertThat(fault().kind()).isEqualTo(Kind.DUPLICATE);
    assertThat(fault().message())
        .contains(root.resolve("acme") + ".client-*", root.resolve("acme") + "/", "keep one");
  }

  @Test
  void aSecondPlaceIsAFaultFromTheMomentItAppears() throws IOException {
    flat("acme.client-id", "1_flat");
    flat("acme.client-secret", "s");
    clock.advance(Duration.ofHours(1));
    assertThat(found().clientId()).isEqualTo("1_flat");
    assertThat(found().clientId()).isEqualTo("1_flat");

    write("client-id", "1_directory");
    assertThat(fault().kind()).isEqualTo(Kind.DUPLICATE);

    Files.delete(root.resolve("acme/client-id"));
    assertThat(found().clientId()).isEqualTo("1_flat");

    Files.delete(root.resolve("acme.client-id"));
    Files.delete(root.resolve("acme.client-secret"));
    assertThat(fault().kind()).isEqualTo(Kind.MISSING);

    write("client-id", "1_directory");
    write("client-secret", "s");
    assertThat(found().clientId()).isEqualTo("1_directory");

    clock.advance(Duration.ofHours(1));
    assertThat(found().clientId()).isEqualTo("1_directory");
    flat("acme.client-id", "1_flat");
    assertThat(fault().kind()).isEqualTo(Kind.DUPLICATE);
  }

  /** A fault that came and went would leave a client without credentials at the next start. */
  @Test
  void aSecondPlaceStaysAFaultUntilOneOfThemIsGone() throws IOException {
    write("client-id", "1_directory");
    write("client-secret", "s");
    clock.advance(Duration.ofHours(1));
    assertThat(found().clientId()).isEqualTo("1_directory");

    flat("acme.client-id", "1_flat");
    for (var look = 0; look < 3; look++) {
      assertThat(fault().kind()).isEqualTo(Kind.DUPLICATE);
    }
    Files.delete(root.resolve("acme.client-id"));
    assertThat(found().clientId()).isEqualTo("1_directory");
  }

  /** The stamp of the root shows the new directory, but not the file that appears in it later. */
  @Test
  void aSecondPlaceThatBeginsAsAnEmptyDirectoryIsSeen() throws IOException {
    Files.delete(root.resolve("acme"));
    flat("acme.client-id", "1_flat");
    flat("acme.client-secret", "s");
    clock.advance(Duration.ofHours(1));
    assertThat(found().clientId()).isEqualTo("1_flat");

    Files.createDirectory(root.resolve("acme"));
    for (var look = 0; look < 3; look++) {
      assertThat(found().clientId()).isEqualTo("1_flat");
    }
    write("client-id", "1_directory");
    assertThat(fault().kind()).isEqualTo(Kind.DUPLICATE);
  }

  @ParameterizedTest
  @CsvSource({"client-id, client-secret", "client-secret, client-id"})
  void halfOfAFlatPairIsAFaultThatNamesTheOtherHalf(String there, String missing)
      throws IOException {
    flat("acme." + there, "x");

    assertThat(fault().kind()).isEqualTo(Kind.MISSING);
    assertThat(fault().message()).contains("acme." + missing + " is missing: create it");
  }

  @Test
  void aClientWithoutAnyFileIsToldBothPlaces() {
    assertThat(fault().kind()).isEqualTo(Kind.MISSING);
    assertThat(fault().message())
        .contains("acme.client-id", "acme.client-secret", root.resolve("acme") + "/");
  }

  @Test
  void aFileInPlaceOfAClientsDirectoryIsNoSecondPlace() throws IOException {
    Files.delete(root.resolve("acme"));
    flat("acme", "a file of another program");
    flat("acme.client-id", "1_flat");
    flat("acme.client-secret", "s");

    assertThat(found().clientId()).isEqualTo("1_flat");
  }

  @Test
  void aSecretThatIsMountedWholeIsReadThroughItsLinksBeforeAndAfterASwap() {
    var volume = mounted(Map.of("acme.client-id", "1_abc"));
    assertThat(fault().kind()).isEqualTo(Kind.MISSING);

    volume.swap(Map.of("acme.client-id", "1_abc", "acme.client-secret", "old"));
    assertThat(fault().message()).contains("acme.client-secret is missing: create it");
    volume.link();
    assertThat(found().secret().reveal()).isEqualTo("old");

    volume.swap(Map.of("acme.client-id", "2_abc", "acme.client-secret", "new"));
    assertThat(found().clientId()).isEqualTo("2_abc");
    assertThat(found().secret().reveal()).isEqualTo("new");

    volume.swap(Map.of());
    assertThat(fault().kind()).isEqualTo(Kind.MISSING);
  }

  @Test
  void aProjectedVolumeIsReadThroughItsLinksBeforeAndAfterASwap() {
    var volume = mounted(Map.of("acme/client-id", "1_abc", "acme/client-secret", "old"));
    assertThat(found().secret().reveal()).isEqualTo("old");

    volume.write(Map.of("acme/client-id", "2_abc", "acme/client-secret", "new"));
    assertThat(found().clientId()).isEqualTo("2_abc");
    assertThat(found().secret().reveal()).isEqualTo("new");
  }

  /** Both files are old enough to trust their stamps. */
  private KubeletVolume mounted(Map<String, String> files) {
    var volume = new KubeletVolume(root.resolve("mount"));
    volume.write(files);
    directory = new SecretsDirectory(volume.path(), hash, clock);
    clock.advance(Duration.ofHours(1));
    return volume;
  }

  private void write(String file, String content) throws IOException {
    Files.writeString(root.resolve("acme").resolve(file), content);
  }

  private void flat(String file, String content) throws IOException {
    Files.writeString(root.resolve(file), content);
  }

  private static Secrets of(ClientName client, Map<ClientName, Secrets> secrets) {
    return Objects.requireNonNull(secrets.get(client));
  }

  private ClientCredentials found() {
    return found(of(ACME, directory.read(Set.of(ACME))));
  }

  private static ClientCredentials found(Secrets secrets) {
    return switch (secrets) {
      case Secrets.Found(var credentials) -> credentials;
      case Secrets.Faulty(var fault) -> throw new AssertionError(fault.toString());
    };
  }

  private CredentialsFault fault() {
    return switch (of(ACME, directory.read(Set.of(ACME)))) {
      case Secrets.Found found -> throw new AssertionError("no fault");
      case Secrets.Faulty(var fault) -> fault;
    };
  }
}
