package tokenbroker.callers;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.callers.Verification.Verified;
import tokenbroker.testing.Certificate;

/**
 * Proves that public keys are read in all usual forms, and that other texts are rejected with a
 * reason.
 */
class KeyTextsTest {

  private static final PublicJsonWebKey RSA = Signed.rsa("rsa");
  private static final PublicJsonWebKey EC = Signed.ec("ec");
  private static final String JWKS = new JsonWebKeySet(RSA).toJson();
  private static final String PEM = pem("PUBLIC KEY", RSA.getPublicKey().getEncoded());
  private static final String EC_PEM = pem("PUBLIC KEY", EC.getPublicKey().getEncoded());
  private static final String BOM = "\uFEFF";

  @TempDir static Path directory;

  static Stream<Arguments> texts() {
    return Stream.of(
        Arguments.of("a JWKS", JWKS),
        Arguments.of("a JWKS after a byte-order mark", BOM + JWKS),
        Arguments.of("a JWKS after empty lines", "\r\n\r\n\t" + JWKS + "\r\n"),
        Arguments.of("PEM", PEM),
        Arguments.of("PEM after a byte-order mark", BOM + PEM),
        Arguments.of("PEM with Windows line ends", PEM.replace("\n", "\r\n")),
        Arguments.of("PEM on one line", PEM.replace("\n", "")),
        Arguments.of("PEM with blanks around each line", PEM.replace("\n", "  \n  ")),
        Arguments.of("PEM with text before and after", "# the key of shop\n" + PEM + "that was it"),
        Arguments.of("PEM with a brace before it", "{ key of shop }\n" + PEM),
        Arguments.of("two keys in PEM", EC_PEM + PEM),
        Arguments.of("base64 without the lines around it", base64(PEM)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("texts")
  void keysAreReadFromTextsAsPeopleHaveThem(String what, String text) throws IOException {
    assertThat(site(text.getBytes(UTF_8)).verify(Signed.by(RSA))).isInstanceOf(Verified.class);
  }

  @Test
  void aTextThatWindowsWroteAsUtf16IsRead() throws IOException {
    assertThat(site((BOM + PEM).getBytes(UTF_16LE)).verify(Signed.by(RSA)))
        .isInstanceOf(Verified.class);
  }

  @Test
  void allKeysOfAPemFileAreInForceWhateverTheJwtCallsThem() throws IOException {
    var other = Signed.rsa("other");
    var site =
        site((PEM + EC_PEM + pem("PUBLIC KEY", other.getPublicKey().getEncoded())).getBytes(UTF_8));
    for (var key : List.of(RSA, EC, other)) {
      assertThat(site.verify(Signed.by(key))).as(key.getKeyId()).isInstanceOf(Verified.class);
    }
  }

  @Test
  void certificatesAreReadAsOpensslPrintsThemAndSeveralOfThem() throws Exception {
    var ours = certificate("ours");
    var text =
        """
        Certificate:
            Data:
                Version: 3 (0x2)
                Signature Algorithm: ecdsa-with-SHA256
                Subject: CN = issuer
        """
            + certificate("another").pem()
            + "Certificate:\n    Data:\n        Version: 3 (0x2)\n"
            + ours.pem();
    var file = Files.writeString(directory.resolve("certificates"), text);
    var site =
        CallersUnderTest.withKeys(file.toString(), Map.of("algorithms", "RS256,ES384")).read();
    assertThat(site.verify(Signed.by(ours.key(), "k1"))).isInstanceOf(Verified.class);
  }

  private static CallersUnderTest site(byte[] text) throws IOException {
    var file = Files.createTempFile(directory, "keys", "");
    return CallersUnderTest.withKeys(Files.write(file, text).toString()).read();
  }

  private record Certified(PublicJsonWebKey key, String pem) {}

  private static Certified certificate(String name) throws Exception {
    var made = Certificate.in(Files.createDirectories(directory.resolve(name)));
    made.writePem(directory.resolve(name));
    var store = KeyStore.getInstance(made.file().toFile(), Certificate.PASSWORD.toCharArray());
    var alias = store.aliases().nextElement();
    PublicKey publicKey = store.getCertificate(alias).getPublicKey();
    var key = PublicJsonWebKey.Factory.newPublicJwk(publicKey);
    key.setPrivateKey((PrivateKey) store.getKey(alias, Certificate.PASSWORD.toCharArray()));
    return new Certified(key, Files.readString(directory.resolve(name).resolve("tls.crt")));
  }

  private static String pem(String label, byte[] der) {
    var base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(label, base64);
  }

  private static String base64(String pem) {
    return pem.lines().filter(line -> !line.startsWith("-")).reduce("", (a, b) -> a + b + "\n");
  }
}
