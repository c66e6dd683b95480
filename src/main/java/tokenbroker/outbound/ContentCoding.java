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
 * Undoes content codings (RFC 9110 §8.4.1). The broker asks for none, but some servers and proxies
 * compress all the same.
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
      default -> throw new IOException("an unknown content coding");
    };
  }

  /** {@code deflate} means the zlib format, but some servers send the bare one (RFC 1950 §2.2). */
  private static boolean startsZlib(byte first) {
    return (first & 0x0f) == 8;
  }
}
