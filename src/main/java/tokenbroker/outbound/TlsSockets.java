package tokenbroker.outbound;

import java.io.IOException;
import javax.net.ssl.SSLSocketFactory;

/** Creates the TLS sockets for requests, and so decides which servers are trusted. */
@FunctionalInterface
public interface TlsSockets {

  /**
   * Returns the factory for the next connection.
   *
   * @throws IOException if the trusted certificates cannot be read; no connection opens then
   */
  SSLSocketFactory factory() throws IOException;

  /** Returns sockets that trust the certificate authorities of the JVM. */
  static TlsSockets ofTheJvm() {
    return () -> (SSLSocketFactory) SSLSocketFactory.getDefault();
  }
}
