package tokenbroker.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.testing.KubeletVolume;

class KeyRingTest {

  @TempDir Path directory;

  @Test
  void theLastNameInOrderIsPrimaryUnlessOneIsConfigured() throws IOException {
    write("2026-01", key(1));
    write("2026-11", key(2) + "\n");
    write("2026-02", key(3) + "\r\n");

    assertThat(loaded(null).primaryId()).isEqualTo("2026-11");
    assertThat(loaded("2026-02").primaryId()).isEqualTo("2026-02");
    assertThat(loaded(null).keys()).containsOnlyKeys("2026-01", "2026-02", "2026-11");
    assertThat(loaded(null).keys().get("2026-11")).isEqualTo(bytes(2));
  }

  @Test
  void aKubernetesMountHoldsTheKeysThatItsLinksLeadTo() {
    var volume = new KubeletVolume(directory);
    volume.write(Map.of("k1", key(1)));
    assertThat(loaded(null).keys().get("k1")).isEqualTo(bytes(1));

    volume.write(Map.of("k1", key(2)));
    assertThat(loaded(null).keys()).containsOnlyKeys("k1");
    assertThat(loaded(null).keys().get("k1")).isEqualTo(bytes(2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not base64 at all",
        "AAAAAAAAAAAAAAAAAAAAAA==",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        " AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nAAAA",
      })
  void aFileThatIsNotOneKeyIsAFaultThatNamesTheFixAndHidesTheText(String text) throws IOException {
    write("k1", text);

    assertThat(faults(null))
        .singleElement()
        .asString()
        .contains("k1 does not contain exactly 32 bytes in base64", "openssl rand -base64 32")
        .doesNotContain("AAAA");
  }

  @Test
  void allFaultsAreNamedAtOnce() throws IOException {
    write("good", key(1));
    write("short", "AAAA");
    write("bad name\n", key(1));
    Files.createDirectory(directory.resolve("nested"));

    assertThat(faults("absent"))
        .hasSize(4)
        .anySatisfy(fault -> assertThat(fault).contains("short", "32 bytes"))
        .anySatisfy(fault -> assertThat(fault).contains("bad?name?", "not a valid key id"))
        .anySatisfy(fault -> assertThat(fault).contains("nested", "not a regular file"))
        .anySatisfy(fault -> assertThat(fault).contains("broker.seal.primary", "[good]"));
  }

  @Test
  void aMissingDirectoryIsAFault() {
    directory = directory.resolve("absent");

    assertThat(faults(null))
        .singleElement()
        .asString()
        .contains("absent is not a readable directory", "broker.seal.keys");
  }

  @Test
  void anEmptyDirectoryIsAFault() {
    assertThat(faults(null)).singleElement().asString().contains("contains no seal key", "openssl");
  }

  @Test
  void aRingPrintsNoKey() throws IOException {
    write("k1", key(7));

    assertThat(loaded(null)).hasToString("KeyRing[primaryId=k1, ids=[k1]]");
    assertThat(new KeyRing.Loading.Loaded(loaded(null)).toString())
        .doesNotContain(key(7))
        .contains("k1");
  }

  @Test
  void ringsAreEqualWhenTheirKeysAre() throws IOException {
    write("k1", key(7));
    var before = loaded(null);
    assertThat(loaded(null)).isEqualTo(before).hasSameHashCodeAs(before);

    write("k1", key(8));
    assertThat(loaded(null)).isNotEqualTo(before);
  }

  @Test
  void aRandomRingHasAKeyOfItsOwn() {
    var ring = KeyRing.random();

    assertThat(ring.keys().get(ring.primaryId())).hasSize(32);
    assertThat(KeyRing.random()).isNotEqualTo(ring);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  private static byte[] bytes(int value) {
    var key = new byte[32];
    Arrays.fill(key, (byte) value);
    return key;
  }

  private static String key(int value) {
    return Base64.getEncoder().encodeToString(bytes(value));
  }

  private KeyRing loaded(@Nullable String primary) {
    return switch (KeyRing.load(directory, primary)) {
      case KeyRing.Loading.Loaded(var ring) -> ring;
      case KeyRing.Loading.Faulty(var faults) -> throw new AssertionError(faults.toString());
    };
  }

  private List<String> faults(@Nullable String primary) {
    return switch (KeyRing.load(directory, primary)) {
      case KeyRing.Loading.Loaded loaded -> throw new AssertionError("no fault");
      case KeyRing.Loading.Faulty(var faults) -> faults;
    };
  }
}
