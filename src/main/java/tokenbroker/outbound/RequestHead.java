package tokenbroker.outbound;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Writes a request as HTTP/1.1. */
final class RequestHead {

  private RequestHead() {}

  /** Returns the head and the body. */
  static String with(OutboundRequest request, Origin origin) {
    var text = new StringBuilder();
    text.append(request.method()).append(' ').append(target(request)).append(" HTTP/1.1\r\n");
    line(text, "Host", origin.hostHeader());
    line(text, "Accept-Encoding", "identity");
    request.headers().forEach((name, value) -> line(text, name, value));
    var body = request.body();
    if (body != null) {
      line(text, "Content-Length", "" + body.getBytes(UTF_8).length);
    }
    text.append("\r\n");
    return body == null ? text.toString() : text.append(body).toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(name).append(": ").append(value).append("\r\n");
  }

  private static String target(OutboundRequest request) {
    var url = request.url();
    var path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
  }
}
