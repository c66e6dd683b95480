package tokenbroker.callers;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import tokenbroker.outbound.Body.CutOff;
import tokenbroker.outbound.Body.TooLarge;
import tokenbroker.outbound.Body.Undecodable;
import tokenbroker.outbound.Body.Unframed;
import tokenbroker.outbound.Body.Whole;
import tokenbroker.outbound.OutboundHttp;
import tokenbroker.outbound.OutboundRequest;
import tokenbroker.outbound.Reply.Answered;
import tokenbroker.outbound.Reply.Late;
import tokenbroker.outbound.Reply.NoConnection;
import tokenbroker.outbound.Reply.NoConnection.Reason;
import tokenbroker.outbound.Reply.NotHttp;
import tokenbroker.time.Ticker;

/**
 * Where the text with an issuer's keys is read from, within a time limit and a size limit. Blocks.
 * Not thread-safe.
 */
final class KeySource {

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
  private static final Duration TIME_LIMIT = Duration.ofSeconds(5);

  /**
   * An API server of Kubernetes publishes the first of these alone, and answers 406 to all else.
   */
  private static final String ACCEPT = "application/jwk-set+json, application/json";

  private final IssuerSettings issuer;
  private final OutboundHttp http =
      new OutboundHttp(CONNECT_LIMIT, Ticker.system(), Clock.systemUTC(), this::sockets);
  private volatile @Nullable SSLContext trusted;

  KeySource(IssuerSettings issuer) {
    this.issuer = issuer;
  }

  /**
   * Reads the text.
   *
   * @throws KeysUnreadable with the reason, whatever the network, the server or a file does
   */
  String read() throws KeysUnreadable {
    return switch (issuer.keys()) {
      case KeysLocation.Url(var url) -> fetch(url);
      case KeysLocation.File(var path) -> TextFile.read(path);
      case KeysLocation.Faulty(var fault) -> throw new IllegalStateException(fault);
    };
  }

  /** The token file and the CA file are read anew each time: Kubernetes rotates both. */
  private String fetch(URI url) throws KeysUnreadable {
    var headers = new HashMap<>(Map.of("Accept", ACCEPT));
    if (issuer.tokenFile() != null) {
      headers.put("Authorization", "Bearer " + TokenFile.read(issuer.tokenFile()));
    }
    // Here rather than when a connection opens, so that a fault of the file keeps its reason.
    trusted = issuer.caFile() == null ? null : TrustedAuthorities.in(issuer.caFile());
    return switch (http.send(new OutboundRequest("GET", url, headers, null, true), TIME_LIMIT)) {
      case Answered answer -> text(answer);
      case NoConnection(var reason) -> throw new KeysUnreadable(text(reason));
      case NotHttp _ -> throw new KeysUnreadable("the answer is not HTTP");
      case Late _ -> throw new KeysUnreadable("no answer in time");
    };
  }

  /** Says what the server did, and never what it wrote. */
  private static String text(Answered answer) throws KeysUnreadable {
    var status = answer.status();
    if (status / 100 == 3) {
      throw new KeysUnreadable(
          "status " + status + ", a redirect, which is not followed: set keys to its target");
    }
    if (status != 200) {
      throw new KeysUnreadable("status " + status);
    }
    return switch (answer.body()) {
      case Whole(var bytes) -> new String(bytes, StandardCharsets.UTF_8);
      case CutOff _ -> throw new KeysUnreadable("the answer broke off");
      case TooLarge _ -> throw new KeysUnreadable("the answer is larger than 256 KiB");
      case Unframed _, Undecodable _ -> throw new KeysUnreadable("the answer is not readable");
    };
  }

  private static String text(Reason reason) {
    return switch (reason) {
      case UNKNOWN_HOST -> "no connection: the host is not known";
      case REFUSED -> "no connection: it was refused";
      case TIMEOUT -> "no connection in time";
      case TLS -> "no TLS: the certificate is not trusted or names another host";
      case PROXY -> "no connection: the egress proxy did not open it";
      case CLOSED, BROKEN -> "the connection broke before an answer came";
    };
  }

  private SSLSocketFactory sockets() {
    var context = trusted;
    return context == null
        ? (SSLSocketFactory) SSLSocketFactory.getDefault()
        : context.getSocketFactory();
  }
}
