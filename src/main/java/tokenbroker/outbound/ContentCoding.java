package tokenbroker.outbound;

import static java.util.function.Predicate.not;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import tokenbroker.outbound.Body.CutOff;
import tokenbroker.outbound.Body.TooLarge;
import tokenbroker.outbound.Body.Undecodable;
import tokenbroker.outbound.Body.Whole;

/**
 * Decodes content codings (RFC 9110 §8.4.1). The broker requests none, but some servers and proxies
 * compress anyway.
 */
final class ContentCoding {

  private ContentCoding() {}

  static Body undo(Body received, HttpHeaders headers) {
    var codings =
        headers.allValues("Content-Encoding").stream()
            .flatMap(value -> Arrays.stream(value.split(",")))
            .map(value -> value.strip().toLowerCase(Locale.ROOT))
            .filter(not(value -> value.isEmpty() || value.equals("identity")))
            .toList();
    if (!(received instanceof Whole(var bytes)) || bytes.length == 0 || codings.isEmpty()) {
      return received;
    }
    return codings.size() == 1 ? undo(codings.getFirst(), bytes) : new Undecodable();
  }

  private static Body undo(String coding, byte[] bytes) {
    try (var plain = plain(coding, new ByteArrayInputStream(bytes), bytes[0])) {
      var read = plain.readNBytes(Body.LIMIT + 1);
      return read.length > Body.LIMIT ? new TooLarge() : new Whole(read);
    } catch (EOFException e) {
      return new CutOff();
    } catch (IOException e) {
      return new Undecodable();
    }
  }

  private static InputStream plain(String coding, InputStream bytes, byte first)
      throws IOException {
    return switch (coding) {
      case "gzip", "x-gzip" -> new GZIPInputStream(bytes);
      case "deflate" -> new InflaterInputStream(bytes, new Inflater(!startsZlib(first)));
      default -> throw new IOException("unknown content coding");
    };
  }

  /**
   * Returns whether the body is in the zlib format. {@code deflate} means that format, but some
   * servers send bare deflate data (RFC 1950 §2.2).
   */
  private static boolean startsZlib(byte first) {
    return (first & 0x0f) == 8;
  }
}
