package tokenbroker.callers;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;
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
 * One thread at a time.
 */
final class KeySource {

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
  private static final Duration TIME_LIMIT = Duration.ofSeconds(5);

  /**
   * An API server of Kubernetes publishes the first of these alone, and answers 406 to all else.
   */
  private static final String ACCEPT = "application/jwk-set+json, application/json";

  private final IssuerSettings issuer;
  private final OutboundHttp http;
  private volatile SSLSocketFactory sockets = (SSLSocketFactory) SSLSocketFactory.getDefault();

  KeySource(IssuerSettings issuer) {
    this.issuer = issuer;
    this.http = new OutboundHttp(CONNECT_LIMIT, Ticker.system(), Clock.systemUTC(), () -> sockets);
  }

  String read() throws IOException {
    return switch (issuer.keys()) {
      case KeysLocation.Url(var url) -> fetch(url);
      case KeysLocation.File(var path) -> TextFile.read(path);
      case KeysLocation.Faulty(var fault) -> throw new IllegalStateException(fault);
    };
  }

  /** The token file and the CA file are read anew each time: Kubernetes rotates both. */
  private String fetch(URI url) throws IOException {
    var headers = new HashMap<>(Map.of("Accept", ACCEPT));
    if (issuer.tokenFile() != null) {
      headers.put("Authorization", "Bearer " + TokenFile.read(issuer.tokenFile()));
    }
    if (issuer.caFile() != null) {
      sockets = TrustedAuthorities.in(issuer.caFile()).getSocketFactory();
    }
    var request = new OutboundRequest("GET", url, headers, null, true);
    return switch (http.send(request, TIME_LIMIT)) {
      case Answered answer -> body(answer);
      case NoConnection(var reason) -> throw new KeysUnreadable(text(reason));
      case NotHttp _ -> throw new KeysUnreadable("the answer is not HTTP");
      case Late _ -> throw new KeysUnreadable("no answer in time");
    };
  }

  private static String body(Answered answer) throws KeysUnreadable {
    checkStatus(answer.status());
    return switch (answer.body()) {
      case Whole(var bytes) -> new String(bytes, StandardCharsets.UTF_8);
      case CutOff _ -> throw new KeysUnreadable("the answer is cut off");
      case TooLarge _ -> throw new KeysUnreadable("the answer has more than 256 KiB");
      case Unframed _, Undecodable _ -> throw new KeysUnreadable("the answer cannot be decoded");
    };
  }

  /** Says what the server did, and never what it wrote. */
  private static void checkStatus(int status) throws KeysUnreadable {
    if (status / 100 == 3) {
      throw new KeysUnreadable(
          "status " + status + ", a redirect, which is not followed: set keys to its target");
    }
    if (status != 200) {
      throw new KeysUnreadable("status " + status);
    }
  }

  private static String text(Reason reason) {
    return switch (reason) {
      case UNKNOWN_HOST -> "no connection: the host has no address";
      case REFUSED -> "no connection: it is refused";
      case TIMEOUT -> "no connection in time";
      case TLS -> "no TLS: the certificate is not trusted or names another host";
      case PROXY -> "no connection: the egress proxy refuses it";
      case CLOSED, BROKEN -> "the connection is closed before an answer";
    };
  }
}
