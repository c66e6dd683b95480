package tokenbroker.callers;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import tokenbroker.files.TextFile;
import tokenbroker.outbound.Body.CutOff;
import tokenbroker.outbound.Body.TooLarge;
import tokenbroker.outbound.Body.Undecodable;
import tokenbroker.outbound.Body.Unframed;
import tokenbroker.outbound.Body.Whole;
import tokenbroker.outbound.Egress;
import tokenbroker.outbound.OutboundHttp;
import tokenbroker.outbound.OutboundRequest;
import tokenbroker.outbound.Reply.Answered;
import tokenbroker.outbound.Reply.Late;
import tokenbroker.outbound.Reply.NoConnection;
import tokenbroker.outbound.Reply.NoTunnel;
import tokenbroker.outbound.Reply.NotHttp;
import tokenbroker.outbound.TrustedAuthorities;
import tokenbroker.time.Ticker;

/**
 * A server of an issuer, which the broker asks for keys or reviews. Each request uses the bearer
 * token and the certificate authorities from files. The broker reads both files for each request,
 * because Kubernetes rotates them. Thread-safe; blocks.
 */
final class IssuerServer {

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);

  private final @Nullable Path tokenFile;
  private final @Nullable Path caFile;
  private final Duration limit;
  private final String setting;
  private final OutboundHttp http;
  private volatile Trust trust = new Trust(null, (SSLSocketFactory) SSLSocketFactory.getDefault());

  /**
   * The trusted certificate authorities.
   *
   * @param text the text they were read from; null for the JVM's authorities
   */
  private record Trust(@Nullable String text, SSLSocketFactory sockets) {}

  /**
   * Creates a client for the server.
   *
   * @param tokenFile null to send no token
   * @param caFile null to trust the JVM's authorities
   * @param limit the time limit of each whole request
   * @param setting the configuration key of the server's address, for messages
   */
  IssuerServer(
      @Nullable Path tokenFile,
      @Nullable Path caFile,
      Duration limit,
      String setting,
      Egress egress) {
    this.setting = setting;
    this.tokenFile = tokenFile;
    this.caFile = caFile;
    this.limit = limit;
    this.http =
        new OutboundHttp(
            CONNECT_LIMIT, Ticker.system(), Clock.systemUTC(), () -> trust.sockets(), egress);
  }

  /**
   * Sends a request and returns the body of the answer.
   *
   * @param wanted the accepted status codes
   * @throws KeysUnreadable with the reason, if there is no answer with such a status
   */
  String send(
      String method,
      URI url,
      Map<String, String> headers,
      @Nullable String body,
      Set<Integer> wanted)
      throws IOException {
    var all = new HashMap<>(headers);
    if (tokenFile != null) {
      all.put("Authorization", "Bearer " + TokenFile.read(tokenFile));
    }
    if (caFile != null) {
      readAuthorities(caFile);
    }
    return switch (http.send(new OutboundRequest(method, url, all, body, true), limit)) {
      case Answered answer -> body(answer, wanted);
      case NoConnection(var reason) -> throw new KeysUnreadable(reason.text());
      case NoTunnel(var reason) -> throw new KeysUnreadable(reason);
      case NotHttp _ -> throw new KeysUnreadable("the response is not HTTP");
      case Late _ -> throw new KeysUnreadable("no response in time");
    };
  }

  private void readAuthorities(Path file) throws IOException {
    var text = TextFile.read(file);
    if (!text.equals(trust.text)) {
      trust = new Trust(text, TrustedAuthorities.in(text, file).getSocketFactory());
    }
  }

  private String body(Answered answer, Set<Integer> wanted) throws KeysUnreadable {
    checkStatus(answer.status(), wanted);
    return switch (answer.body()) {
      case Whole(var bytes) -> new String(bytes, StandardCharsets.UTF_8);
      case CutOff _ -> throw new KeysUnreadable("the response is incomplete");
      case TooLarge _ -> throw new KeysUnreadable("the response is larger than 256 KiB");
      case Unframed _, Undecodable _ -> throw new KeysUnreadable("the response cannot be decoded");
    };
  }

  /** Checks the status. The message reports what the server did, but never quotes its answer. */
  private void checkStatus(int status, Set<Integer> wanted) throws KeysUnreadable {
    if (status / 100 == 3) {
      throw new KeysUnreadable(
          "status "
              + status
              + ", a redirect, which the broker does not follow: set "
              + setting
              + " to the target of the redirect");
    }
    if (!wanted.contains(status)) {
      throw new KeysUnreadable("status " + status);
    }
  }
}
