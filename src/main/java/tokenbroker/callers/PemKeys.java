package tokenbroker.callers;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tokenbroker.files.PemBlock;
import tokenbroker.files.UnusableText;

/** Reads public keys and certificates in PEM (RFC 7468). Their keys have no id. */
final class PemKeys {

  private static final Pattern BARE_BASE64 = Pattern.compile("[A-Za-z0-9+/\\s]{100,}+={0,2}\\s*");
  private static final List<String> KEY_TYPES = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

  private PemKeys() {}

  /** Returns whether the text is only the content of a PEM block, as some consoles show keys. */
  static boolean isBareBase64(String text) {
    return BARE_BASE64.matcher(text).matches();
  }

  /**
   * Returns the keys of all blocks in the text that the issuer's algorithms can use.
   *
   * @throws UnusableText if a block is broken, or if there is no public key at all
   */
  static List<IssuerKey> read(String text, IssuerSettings issuer) throws UnusableText {
    var blocks =
        PemBlock.isIn(text)
            ? PemBlock.allIn(text)
            : List.of(new PemBlock("PUBLIC KEY", PemBlock.decoded(text)));
    var keys = new ArrayList<IssuerKey>();
    var publicKeys = 0;
    for (var block : blocks) {
      if (isPublic(block)) {
        publicKeys++;
        IssuerKey.of(null, publicKey(block), issuer).ifPresent(keys::add);
      }
    }
    if (publicKeys == 0) {
      throw new KeysUnreadable(
          "the PEM text contains neither a PUBLIC KEY nor a CERTIFICATE; create one with"
              + " openssl pkey -pubout");
    }
    return keys;
  }

  private static boolean isPublic(PemBlock block) {
    return block.label().equals("PUBLIC KEY") || block.label().endsWith("CERTIFICATE");
  }

  private static PublicKey publicKey(PemBlock block) throws UnusableText {
    return block.label().equals("PUBLIC KEY") ? ofKey(block.der()) : ofCertificate(block.der());
  }

  private static PublicKey ofCertificate(byte[] der) throws UnusableText {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificate(new ByteArrayInputStream(der))
          .getPublicKey();
    } catch (GeneralSecurityException e) {
      throw new KeysUnreadable("a CERTIFICATE block does not contain a certificate", e);
    }
  }

  private static PublicKey ofKey(byte[] der) throws UnusableText {
    for (var type : KEY_TYPES) {
      try {
        return KeyFactory.getInstance(type).generatePublic(new X509EncodedKeySpec(der));
      } catch (GeneralSecurityException e) {
        // The next type may fit.
      }
    }
    throw new KeysUnreadable("a PUBLIC KEY block does not contain a public key of a known type");
  }
}
