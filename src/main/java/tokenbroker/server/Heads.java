package tokenbroker.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.AsciiString;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The rules for the head of a request. */
final class Heads {

  /** The result for a valid head. */
  static final int FINE = 200;

  /** The maximum number of header fields. Each field takes several objects, however short it is. */
  private static final int MOST_FIELDS = 100;

  /** The characters of paths and queries (RFC 3986), except the percent sign. */
  private static final BitSet IN_URIS = new BitSet();

  static {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#@!$&'()*+,;="
        .chars()
        .forEach(IN_URIS::set);
  }

  private Heads() {}

  /**
   * Returns the status with which to refuse a head, or {@link #FINE}.
   *
   * @param head the part read so far; null if the first line is incomplete
   */
  static int status(@Nullable HttpRequest head, int size, boolean isComplete) {
    if (head != null && head.decoderResult().isFailure()) {
      return status(head.decoderResult().cause());
    }
    if (size > RequestDecoder.LARGEST_HEAD) {
      return 431;
    }
    return head == null ? FINE : status(head, isComplete);
  }

  private static int status(Throwable cause) {
    return switch (cause) {
      case TooLongHttpLineException _ -> 414;
      case TooLongHttpHeaderException _ -> 431;
      default -> 400;
    };
  }

  private static int status(HttpRequest head, boolean isComplete) {
    var fields = 0;
    var hosts = 0;
    for (var each = head.headers().iteratorCharSequence(); each.hasNext(); fields++) {
      var name = each.next().getKey();
      if (name.length() == 4 && AsciiString.contentEqualsIgnoreCase(name, HttpHeaderNames.HOST)) {
        hosts++;
      }
    }
    if (fields > MOST_FIELDS) {
      return 431;
    }
    return isComplete && !(isHosted(head, hosts) && isUri(head.uri())) ? 400 : FINE;
  }

  /**
   * Returns whether the number of {@code Host} fields is valid (RFC 9112 §3.2). Vert.x checks
   * whether the field itself is well-formed.
   */
  private static boolean isHosted(HttpRequest head, int hosts) {
    return hosts == 1 || (hosts == 0 && head.protocolVersion().equals(HttpVersion.HTTP_1_0));
  }

  private static boolean isUri(String uri) {
    var inQuery = false;
    for (var i = 0; i < uri.length(); i++) {
      var each = uri.charAt(i);
      inQuery |= each == '?';
      var isAllowed =
          switch (each) {
            case '%' -> isHex(uri, i + 1) && isHex(uri, i + 2);
            case '[', ']' -> inQuery; // Many clients send them unescaped.
            default -> IN_URIS.get(each);
          };
      if (!isAllowed) {
        return false;
      }
    }
    return !uri.isEmpty();
  }

  private static boolean isHex(String uri, int at) {
    return at < uri.length() && Character.digit(uri.charAt(at), 16) >= 0;
  }

  /** Returns a head for a request whose first line is incomplete. */
  static HttpRequest inLine(ByteBuf bytes, int start) {
    var length = Math.min(bytes.writerIndex() - start, 64);
    var words = bytes.toString(start, length, ISO_8859_1).split(" ", 3);
    return new DefaultHttpRequest(
        HttpVersion.HTTP_1_1, HttpMethod.GET, words.length > 1 ? words[1] : "");
  }
}
