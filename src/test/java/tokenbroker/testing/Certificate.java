package tokenbroker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate for 127.0.0.1 that nobody signed, and its key, in a PKCS #12 file. */
public record Certificate(Path file) {

  public static final String PASSWORD = "changeit";

  /** Made by the JDK's own keytool. */
  public static Certificate in(Path directory) {
    var file = directory.resolve("certificate.p12");
    try {
      var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
      var command =
          "%s -genkeypair -alias test -keyalg EC -dname CN=test -ext san=ip:127.0.0.1 -validity 2 -keystore %s -storepass %s"
              .formatted(keytool, file, PASSWORD);
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

  /** Sockets that show this certificate. */
  public ServerSocketFactory servers() {
    try (var in = Files.newInputStream(file)) {
      var keys = KeyStore.getInstance("PKCS12");
      keys.load(in, PASSWORD.toCharArray());
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
