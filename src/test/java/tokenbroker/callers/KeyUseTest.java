package tokenbroker.callers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.PublicJsonWebKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.callers.Verification.Refused;
import tokenbroker.callers.Verification.Verified;

/** Proves that a JWK is used only for the purposes that it allows (RFC 7517 §4.2 to §4.4). */
class KeyUseTest {

  private static final PublicJsonWebKey KEY = Signed.rsa("k1");
  private static final PublicJsonWebKey OTHER = Signed.rsa("k2");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"use\":\"sig\"",
        "\"key_ops\":[\"verify\"]",
        "\"key_ops\":[\"sign\",\"verify\"]",
        "\"use\":\"sig\",\"key_ops\":[\"verify\"],\"alg\":\"RS256\"",
        "\"alg\":\"RS256\""
      })
  void aKeyForSignaturesIsUsed(String members) throws IOException {
    assertThat(site(members).verify(Signed.by(KEY))).isInstanceOf(Verified.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"use\":\"enc\"",
        "\"use\":\"tls\"",
        "\"use\":\"SIG\"",
        "\"use\":\"\"",
        "\"use\":null",
        "\"use\":[\"sig\"]",
        "\"use\":7",
        "\"key_ops\":[\"encrypt\"]",
        "\"key_ops\":[\"sign\"]",
        "\"key_ops\":[\"wrapKey\",\"deriveBits\"]",
        "\"key_ops\":[]",
        "\"key_ops\":null",
        "\"key_ops\":\"verify\"",
        "\"key_ops\":[[\"verify\"]]",
        "\"key_ops\":{\"0\":\"encrypt\"}",
        "\"use\":\"sig\",\"key_ops\":[\"encrypt\"]",
        "\"use\":\"enc\",\"key_ops\":[\"verify\"]",
        "\"alg\":\"RSA-OAEP\"",
        "\"alg\":\"PS256\"",
        "\"alg\":\"RS512\"",
        "\"alg\":\"ES256\"",
        "\"alg\":\"HS256\"",
        "\"alg\":\"none\"",
        "\"alg\":\"rs256\"",
        "\"alg\":\"\"",
        "\"alg\":null",
        "\"alg\":[\"RS256\"]"
      })
  void aKeyForAnythingElseIsNotUsedAndOthersAre(String members) throws IOException {
    var site = site(members);
    assertThat(site.verify(Signed.by(KEY))).isInstanceOf(Refused.class);
    assertThat(site.verify(Signed.by(OTHER))).isInstanceOf(Verified.class);
    assertThat(site.keysInForce("test")).isOne();
  }

  @Test
  void aKeyThatIsNoLongerForSignaturesTakesWhatItVerifiedWithIt() throws IOException {
    var site = site("\"use\":\"sig\"");
    var jwt = Signed.by(KEY);
    site.verify(jwt);
    assertThat(site.callers.remembered(jwt)).isNotNull();

    write("\"alg\":\"RSA-OAEP\"");
    site.passes(Duration.ofSeconds(10));
    assertThat(site.callers.remembered(jwt)).isNull();
    assertThat(site.verify(jwt)).isInstanceOf(Refused.class);
  }

  /** The same key with the same id, now for another of the issuer's algorithms. */
  @Test
  void aKeyThatChangesItsAlgorithmIsAnotherKey() throws IOException {
    var file = write("\"alg\":\"RS256\"");
    var site =
        CallersUnderTest.withKeys(file.toString(), Map.of("algorithms", "RS256,PS256")).read();
    var jwt = Signed.by(KEY);
    assertThat(site.verify(jwt)).isInstanceOf(Verified.class);

    write("\"alg\":\"PS256\"");
    site.passes(Duration.ofSeconds(10));
    assertThat(site.callers.remembered(jwt)).isNull();
    assertThat(site.verify(jwt)).isInstanceOf(Refused.class);
  }

  /**
   * Returns callers whose issuer has the keys {@code k1}, with these additional members, and {@code
   * k2}.
   */
  private CallersUnderTest site(String members) throws IOException {
    return CallersUnderTest.withKeys(write(members).toString()).read();
  }

  private Path write(String members) throws IOException {
    var text = "{\"keys\":[%s,%s]}".formatted(jwk(KEY, "," + members), jwk(OTHER, ""));
    return Files.writeString(directory.resolve("keys"), text);
  }

  private static String jwk(PublicJsonWebKey key, String more) {
    var json = key.toJson(OutputControlLevel.PUBLIC_ONLY);
    return json.substring(0, json.length() - 1) + more + "}";
  }
}
