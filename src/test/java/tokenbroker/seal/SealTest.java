package tokenbroker.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves that a sealed value can be opened only with its key, in its place, and unchanged. */
class SealTest {

  private static final String PLACE = "token-broker:{acme}:token";

  /** A value that Tink's AES-GCM sealed with the key 00 01 02 … 1f. */
  private static final String OF_TINK = "v1.k1.RdtddzEH2rZxfWX7nARjRdQ1A4uZxPEQBAmWbI7aJTLmF7M";

  private final Seal seal = new Seal(ring("k1", 0));

  @Test
  void whatAnotherImplementationSealedOpens() {
    assertThat(seal.open(PLACE, OF_TINK)).contains("a token");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "ein Schlüssel 🔑"})
  void whatWasSealedOpensInItsPlaceOnly(String plain) {
    var sealed = seal.seal(PLACE, plain);
    assertThat(seal.open(PLACE, sealed)).contains(plain);
    assertThat(seal.open("token-broker:{bolt}:token", sealed)).isEmpty();
    assertThat(new Seal(ring("k1", 1)).open(PLACE, sealed)).isEmpty();
  }

  @Test
  void noNonceIsUsedTwice() {
    var sealed = Stream.generate(() -> seal.seal(PLACE, "a token")).limit(1000);
    assertThat(sealed.map(it -> it.substring(0, "v1.k1.".length() + 16))).doesNotHaveDuplicates();
  }

  @Test
  void eachSealedValueIsReportedWithTheKeyThatSealedIt() {
    var used = new ArrayList<String>();
    var counted = new Seal(ring("k1", 0), used::add);
    counted.seal(PLACE, "one");
    counted.use(ring("k2", 1));
    counted.seal(PLACE, "two");
    counted.open(PLACE, counted.seal(PLACE, "three"));

    assertThat(used).containsExactly("k1", "k2", "k2");
  }

  @Test
  void aChangedBitOrAMissingByteIsNoticed() {
    var head = OF_TINK.substring(0, "v1.k1.".length());
    var bytes = Base64.getUrlDecoder().decode(OF_TINK.substring(head.length()));
    for (var bit = 0; bit < bytes.length * 8; bit++) {
      var changed = bytes.clone();
      changed[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThat(seal.open(PLACE, head + text(changed))).isEmpty();
    }
    for (var length = 0; length < bytes.length; length++) {
      var shorter = Arrays.copyOf(bytes, length);
      assertThat(seal.open(PLACE, head + text(shorter))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "v1",
        "v1.",
        "v1.k1",
        "v1.k1.",
        "v1.k2.AAAA",
        "v2.k1.AAAA",
        "v1.k1.!",
        "v1.k1.AAAA.AAAA"
      })
  void whatIsNoSealedValueOpensAsNothing(String text) {
    assertThat(seal.open(PLACE, text)).isEmpty();
  }

  @Test
  void anOldKeyOpensAndTheNewOneSeals() {
    seal.use(
        new KeyRing("k2", Map.of("k1", ring("k1", 0).primary(), "k2", ring("k2", 7).primary())));
    assertThat(seal.open(PLACE, OF_TINK)).contains("a token");
    assertThat(seal.isCurrent(OF_TINK)).isFalse();
    var sealed = seal.seal(PLACE, "another");
    assertThat(sealed).startsWith("v1.k2.");
    assertThat(seal.isCurrent(sealed)).isTrue();
    assertThat(seal.open(PLACE, sealed)).contains("another");
  }

  private static String text(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static KeyRing ring(String id, int first) {
    var key = new byte[32];
    for (var i = 0; i < key.length; i++) {
      key[i] = (byte) (first + i);
    }
    return new KeyRing(id, Map.of(id, key));
  }
}
