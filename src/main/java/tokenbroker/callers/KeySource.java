package tokenbroker.callers;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
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
import tokenbroker.outbound.Reply.NotHttp;
import tokenbroker.time.Ticker;

/**
 * Where the text with an issuer's keys is read from, within a time limit and a size limit. Blocks.
 */
final class KeySource {

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
  private static final Duration TIME_LIMIT = Duration.ofSeconds(5);
  private static final int LARGEST = 256 * 1024;

  private final IssuerSettings issuer;
  private final OutboundHttp http =
      new OutboundHttp(CONNECT_LIMIT, Ticker.system(), Clock.systemUTC(), this::sockets);

  KeySource(IssuerSettings issuer) {
    this.issuer = issuer;
  }

  String read() throws IOException {
    if (issuer.keysUrl() != null) {
      return fetch(issuer.keysUrl());
    }
    return issuer.keysFile() == null ? "" : text(issuer.keysFile());
  }

  /** The token file and the CA file are read anew each time: Kubernetes rotates both. */
  private String fetch(URI url) throws IOException {
    var headers = new HashMap<>(Map.of("Accept", "application/json"));
    if (issuer.tokenFile() != null) {
      headers.put("Authorization", "Bearer " + text(issuer.tokenFile()).strip());
    }
    return switch (http.send(request(url, headers), TIME_LIMIT)) {
      case Answered answer -> body(answer);
      case NoConnection(var reason) ->
          throw new IOException("no connection: " + reason.name().toLowerCase(Locale.ROOT));
      case NotHttp _ -> throw new IOException("the answer is not HTTP");
      case Late _ -> throw new IOException("no answer in time");
    };
  }

  private static OutboundRequest request(URI url, Map<String, String> headers) throws IOException {
    try {
      return new OutboundRequest("GET", url, headers, null, true);
    } catch (IllegalArgumentException e) {
      throw new IOException("the token file holds more than one token", e);
    }
  }

  private static String body(Answered answer) throws IOException {
    if (answer.status() != 200) {
      throw new IOException("status " + answer.status());
    }
    return switch (answer.body()) {
      case Whole(var bytes) -> new String(bytes, StandardCharsets.UTF_8);
      case CutOff _ -> throw new IOException("the answer broke off");
      case TooLarge _ -> throw new IOException("the answer has more than 256 KiB");
      case Unframed _, Undecodable _ -> throw new IOException("the answer is not readable");
    };
  }

  private SSLSocketFactory sockets() throws IOException {
    return issuer.caFile() == null
        ? (SSLSocketFactory) SSLSocketFactory.getDefault()
        : trusting(issuer.caFile()).getSocketFactory();
  }

  private static SSLContext trusting(Path caFile) throws IOException {
    try (var in = Files.newInputStream(caFile)) {
      var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry("ca-" + trusted.size(), certificate);
      }
      var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      var context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(caFile + " holds no usable certificates", e);
    }
  }

  private static String text(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(LARGEST), StandardCharsets.UTF_8);
    }
  }
}
