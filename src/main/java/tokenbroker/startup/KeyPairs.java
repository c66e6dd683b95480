package tokenbroker.startup;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Collections;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;

/**
 * Checks whether a server's private keys match its certificates. If they do not match, every
 * handshake fails.
 */
final class KeyPairs {

  private static final int CHALLENGE = 32;
  private static final PSSParameterSpec PSS =
      new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, CHALLENGE, 1);

  private KeyPairs() {}

  /**
   * Returns the fault, or empty if there is none. It names the certificate and reveals nothing
   * about the key.
   */
  static Optional<String> fault(KeyStore store, KeyManagerFactory keys) {
    try {
      for (var alias : Collections.list(store.aliases())) {
        if (store.getCertificate(alias) instanceof X509Certificate certificate
            && store.isKeyEntry(alias)
            && !isPair(privateKey(keys, alias), certificate.getPublicKey())) {
          return Optional.of(
              "the private key does not belong to the certificate of %s, serial number %x"
                  .formatted(
                      certificate.getSubjectX500Principal().getName(),
                      certificate.getSerialNumber()));
        }
      }
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      return Optional.of("the key store is not readable");
    }
  }

  private static PrivateKey privateKey(KeyManagerFactory keys, String alias)
      throws GeneralSecurityException {
    for (var manager : keys.getKeyManagers()) {
      if (manager instanceof X509KeyManager x509 && x509.getPrivateKey(alias) != null) {
        return x509.getPrivateKey(alias);
      }
    }
    throw new GeneralSecurityException("the key store has no key " + alias);
  }

  /**
   * Returns whether the keys match. It signs with one and verifies with the other, which works for
   * all types of keys.
   */
  private static boolean isPair(PrivateKey key, PublicKey certified) {
    var challenge = new byte[CHALLENGE];
    new SecureRandom().nextBytes(challenge);
    try {
      var signer = signature(key);
      signer.initSign(key);
      signer.update(challenge);
      var verifier = signature(key);
      verifier.initVerify(certified);
      verifier.update(challenge);
      return verifier.verify(signer.sign());
    } catch (GeneralSecurityException e) {
      return false; // The keys differ in type or in curve.
    }
  }

  private static Signature signature(PrivateKey key) throws GeneralSecurityException {
    return switch (key.getAlgorithm()) {
      case "RSA" -> Signature.getInstance("SHA256withRSA");
      case "EC" -> Signature.getInstance("SHA256withECDSA");
      case "RSASSA-PSS" -> pss(key);
      default -> Signature.getInstance(key.getAlgorithm());
    };
  }

  /**
   * Returns the signature algorithm for an RSASSA-PSS key. Such a key may prescribe its own
   * parameters, and then signs with no others.
   */
  private static Signature pss(PrivateKey key) throws GeneralSecurityException {
    var prescribed = key instanceof RSAKey rsa ? rsa.getParams() : null;
    var signature = Signature.getInstance(key.getAlgorithm());
    signature.setParameter(prescribed == null ? PSS : prescribed);
    return signature;
  }
}
