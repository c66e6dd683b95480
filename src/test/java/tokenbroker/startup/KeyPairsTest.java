package tokenbroker.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proves that a key is matched with its certificate, for all kinds of keys. */
class KeyPairsTest {

  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final List<String> KINDS =
      List.of(
          "RSA -keysize 2048",
          "EC -groupname secp256r1",
          "EC -groupname secp384r1",
          "Ed25519",
          "Ed448",
          "RSASSA-PSS -keysize 2048 -sigalg RSASSA-PSS");

  /** The kinds with a second key, so that two keys of the same kind are compared. */
  private static final List<String> TWICE = List.of("RSA -keysize 2048", "EC -groupname secp256r1");

  @TempDir static Path directory;

  private static final Map<String, KeyStore> STORES = new HashMap<>();

  @BeforeAll
  static void keys() throws Exception {
    for (var kind : KINDS) {
      STORES.put(kind, generated(kind, "one"));
    }
    for (var kind : TWICE) {
      STORES.put(kind + " again", generated(kind, "two"));
    }
  }

  @Test
  void aKeyBelongsToItsOwnCertificateAndToNoOther() throws Exception {
    for (var key : STORES.keySet()) {
      for (var certificate : STORES.keySet()) {
        var mixed = mixed(store(key), store(certificate));
        var fault = KeyPairs.fault(mixed, managers(mixed));
        assertThat(fault.isEmpty())
            .as("%s with the certificate of %s", key, certificate)
            .isEqualTo(key.equals(certificate));
        fault.ifPresent(
            message -> assertThat(message).contains("does not belong to the certificate of CN="));
      }
    }
  }

  private static KeyStore mixed(KeyStore key, KeyStore certificate) throws Exception {
    var mixed = KeyStore.getInstance("PKCS12");
    mixed.load(null, null);
    var chain = new Certificate[] {certificate.getCertificate("key")};
    mixed.setKeyEntry("key", key.getKey("key", PASSWORD), PASSWORD, chain);
    return mixed;
  }

  private static KeyStore store(String kind) {
    return Objects.requireNonNull(STORES.get(kind));
  }

  private static KeyManagerFactory managers(KeyStore store) throws GeneralSecurityException {
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, PASSWORD);
    return managers;
  }

  private static KeyStore generated(String kind, String name)
      throws IOException, InterruptedException, GeneralSecurityException {
    var file = directory.resolve(kind.replaceAll("[^A-Za-z0-9]", "-") + name + ".p12");
    var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var command =
        "%s -genkeypair -alias key -dname CN=%s -keystore %s -storepass changeit -keyalg %s"
            .formatted(keytool, name, file, kind);
    assertThat(new ProcessBuilder(command.split(" ", -1)).start().waitFor()).as(command).isZero();
    var store = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return store;
  }
}
