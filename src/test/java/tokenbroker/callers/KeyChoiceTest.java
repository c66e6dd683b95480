package tokenbroker.callers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.callers.Verification.Refused;
import tokenbroker.callers.Verification.Verified;

/** Proves which of an issuer's keys verifies a JWT. */
class KeyChoiceTest {

  @TempDir Path directory;

  @Test
  void ofTwoKeysWithOneIdTheOneThatFitsTheAlgorithmIsUsed() throws IOException {
    var rsa = Signed.rsa("k1");
    var ec = Signed.ec("k1");
    var site = site(ec, rsa);
    assertThat(site.verify(Signed.by(rsa))).isInstanceOf(Verified.class);
    assertThat(site.verify(Signed.by(ec))).isInstanceOf(Verified.class);
  }

  @Test
  void ofSeveralKeysThatFitEachIsTried() throws IOException {
    var first = Signed.rsa("k1");
    var second = Signed.rsa("k1");
    var site = site(first, second);
    assertThat(site.verify(Signed.by(first))).isInstanceOf(Verified.class);
    assertThat(site.verify(Signed.by(second))).isInstanceOf(Verified.class);
    assertThat(site.verify(Signed.by(Signed.rsa("k1")))).isInstanceOf(Refused.class);
  }

  @Test
  void aJwtWithoutAKeyIdIsVerifiedByTheOnlyKeyThatFitsItsAlgorithm() throws IOException {
    var rsa = Signed.rsa("r");
    var ec = Signed.ec("e");
    var site = site(rsa, ec);
    assertThat(site.verify(Signed.by(rsa, null))).isInstanceOf(Verified.class);
    assertThat(site.verify(Signed.by(ec, null))).isInstanceOf(Verified.class);
  }

  @Test
  void aJwtWithoutAKeyIdIsRefusedWhereTwoKeysFitItsAlgorithm() throws IOException {
    var rsa = Signed.rsa("r");
    var site = site(rsa, Signed.rsa("s"));
    assertThat(site.verify(Signed.by(rsa, null))).isInstanceOf(Refused.class);
  }

  private CallersUnderTest site(JsonWebKey... keys) throws IOException {
    var file = Files.writeString(directory.resolve("keys"), new JsonWebKeySet(keys).toJson());
    return CallersUnderTest.withKeys(file.toString()).read();
  }
}
