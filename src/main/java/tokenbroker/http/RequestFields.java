package tokenbroker.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.vertx.core.net.HostAndPort;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The header fields that matter for a hit, read in one pass. Their values are not copied, because a
 * JWT is long.
 */
final class RequestFields {

  private static final AsciiString AUTHORIZATION = AsciiString.cached("authorization");
  private static final AsciiString ACCEPT = AsciiString.cached("accept");
  private static final AsciiString HOST = AsciiString.cached("host");
  private static final AsciiString TRACEPARENT = AsciiString.cached("traceparent");
  private static final AsciiString PREFER = AsciiString.cached("prefer");
  private static final AsciiString EXPECT = AsciiString.cached("expect");
  private static final AsciiString CONNECTION = AsciiString.cached("connection");
  private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");

  private @Nullable CharSequence authorization;
  private @Nullable CharSequence accept;
  private @Nullable CharSequence host;
  private @Nullable CharSequence traceparent;
  private boolean isUsual = true;

  private RequestFields() {}

  static RequestFields of(HttpHeaders headers) {
    var fields = new RequestFields();
    for (var each = headers.iteratorCharSequence(); each.hasNext(); ) {
      var field = each.next();
      fields.add(field.getKey(), field.getValue());
    }
    return fields;
  }

  /** Reads the fields of an HTTP/2 request. Its {@code :authority} counts as {@code Host}. */
  static RequestFields of(io.vertx.core.http.HttpServerRequest request) {
    var fields = new RequestFields();
    request.headers().forEach(fields::add);
    if (fields.host == null && request.authority() != null) {
      fields.host = request.authority().toString();
    }
    return fields;
  }

  private void add(CharSequence name, CharSequence value) {
    if (is(AUTHORIZATION, name)) {
      isUsual &= authorization == null;
      authorization = value;
    } else if (is(ACCEPT, name)) {
      isUsual &= accept == null;
      accept = value;
    } else if (is(HOST, name)) {
      host = value;
    } else if (is(TRACEPARENT, name)) {
      traceparent = value;
    } else if (is(CONNECTION, name)) {
      isUsual &= is(KEEP_ALIVE, value);
    } else if (is(PREFER, name) || is(EXPECT, name)) {
      isUsual = false;
    }
  }

  private static boolean is(AsciiString known, CharSequence text) {
    return known.contentEqualsIgnoreCase(text);
  }

  /** Returns whether no field asks for anything unusual, or occurs twice. */
  boolean isUsual() {
    return isUsual;
  }

  @Nullable CharSequence authorization() {
    return authorization;
  }

  /** Returns the valid value of {@code Host} (RFC 9112 §3.2); null if there is none. */
  @Nullable String host() {
    var text = host == null ? null : host.toString();
    return text == null || HostAndPort.parseAuthority(text, -1) == null ? null : text;
  }

  @Nullable String traceparent() {
    return traceparent == null ? null : traceparent.toString();
  }

  /** Returns whether the caller prefers JSON. The two most frequent headers need no parsing. */
  boolean wantsJson() {
    if (accept == null) {
      return true;
    }
    var only = accept.toString();
    return only.equals("*/*")
        || only.equals(Negotiation.JSON)
        || Negotiation.JSON.equals(
            Negotiation.best(List.of(only), Negotiation.JSON, Negotiation.TEXT));
  }
}
