package tokenbroker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A self-signed certificate and its key, in a PKCS #12 file. */
public record Certificate(Path file) {

  public static final String PASSWORD = "changeit";
  private static final String ALIAS = "test";

  /** Creates a certificate for 127.0.0.1. */
  public static Certificate in(Path directory) {
    return in(directory, "ip:127.0.0.1");
  }

  /**
   * Creates a certificate for another server, with the JDK's keytool.
   *
   * @param server a subject alternative name, such as {@code dns:localhost}
   */
  public static Certificate in(Path directory, String server) {
    var file = directory.resolve("certificate.p12");
    try {
      var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
      var command =
          "%s -genkeypair -alias test -keyalg EC -dname CN=test -ext san=%s -validity 2 -keystore %s -storepass %s"
              .formatted(keytool, server, file, PASSWORD);
      var process =
          new ProcessBuilder(command.split(" "))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (process.waitFor() != 0) {
        throw new IllegalStateException("keytool ended with " + process.exitValue());
      }
      return new Certificate(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes the certificate and its key as PEM files: {@code tls.crt} and {@code tls.key}. */
  public void writePem(Path directory) {
    try {
      var keys = keys();
      Files.createDirectories(directory);
      pem(directory.resolve("tls.crt"), "CERTIFICATE", keys.getCertificate(ALIAS).getEncoded());
      var key = keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded();
      pem(directory.resolve("tls.key"), "PRIVATE KEY", key);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns a client that trusts only this certificate. */
  public HttpClient client() {
    return HttpClient.newBuilder().sslContext(trust()).build();
  }

  /** Returns a TLS context that trusts only this certificate. */
  public SSLContext trust() {
    try {
      var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(keys());
      var context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private KeyStore keys() throws IOException, GeneralSecurityException {
    try (var in = Files.newInputStream(file)) {
      var keys = KeyStore.getInstance("PKCS12");
      keys.load(in, PASSWORD.toCharArray());
      // A trust manager ignores entries that have a key.
      keys.setCertificateEntry("trusted", keys.getCertificate(ALIAS));
      return keys;
    }
  }

  private static void pem(Path file, String what, byte[] der) throws IOException {
    var base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        file, "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(what, base64));
  }

  /** Returns a factory of TLS server sockets that present this certificate. */
  public ServerSocketFactory servers() {
    try {
      var keys = keys();
      var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(keys, PASSWORD.toCharArray());
      var context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), null, null);
      return context.getServerSocketFactory();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
