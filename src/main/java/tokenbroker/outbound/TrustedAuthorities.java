package tokenbroker.outbound;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tokenbroker.files.PemBlock;
import tokenbroker.files.UnusableText;

/** The certificate authorities of a file, which are trusted instead of the JVM's. */
public final class TrustedAuthorities {

  private TrustedAuthorities() {}

  /**
   * Returns a TLS context that trusts the certificates in the PEM text and no others.
   *
   * @param caFile the file with the text, for messages
   * @throws UnusableText naming the file, if it holds no certificate or a broken one
   */
  public static SSLContext in(String text, Path caFile) throws UnusableText {
    var trusted = certificates(text, caFile);
    try {
      if (trusted.size() == 0) {
        throw new UnusableText("the CA file " + caFile + " contains no certificate");
      }
      var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      var context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM cannot do TLS", e);
    }
  }

  private static KeyStore certificates(String text, Path caFile) throws UnusableText {
    try {
      var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      var factory = CertificateFactory.getInstance("X.509");
      for (var block : PemBlock.allIn(text)) {
        if (block.label().endsWith("CERTIFICATE")) {
          trusted.setCertificateEntry(
              "ca-" + trusted.size(),
              factory.generateCertificate(new ByteArrayInputStream(block.der())));
        }
      }
      return trusted;
    } catch (UnusableText e) {
      throw new UnusableText("the CA file " + caFile + " is damaged: " + e.reason(), e);
    } catch (GeneralSecurityException | IOException e) {
      throw new UnusableText("the CA file " + caFile + " contains a malformed certificate", e);
    }
  }
}
