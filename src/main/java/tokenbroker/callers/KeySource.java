package tokenbroker.callers;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import tokenbroker.files.TextFile;
import tokenbroker.outbound.Egress;

/**
 * The file or URL from which an issuer's keys are read, within a time limit and a size limit.
 * Blocks.
 */
final class KeySource {

  private static final Duration TIME_LIMIT = Duration.ofSeconds(5);
  private static final Set<Integer> OK = Set.of(200);

  /**
   * The accepted media types. A Kubernetes API server supports only the first, and answers 406 to
   * all others.
   */
  private static final String ACCEPT = "application/jwk-set+json, application/json";

  private final KeysLocation keys;
  private final IssuerServer server;

  KeySource(IssuerSettings issuer, Egress egress) {
    this.keys = issuer.keys();
    this.server = new IssuerServer(issuer.tokenFile(), issuer.caFile(), TIME_LIMIT, "keys", egress);
  }

  String read() throws IOException {
    return switch (keys) {
      case KeysLocation.Url(var url) -> server.send("GET", url, Map.of("Accept", ACCEPT), null, OK);
      case KeysLocation.File(var path) -> TextFile.read(path);
      case KeysLocation.Faulty(var fault) -> throw new IllegalStateException(fault);
    };
  }
}
