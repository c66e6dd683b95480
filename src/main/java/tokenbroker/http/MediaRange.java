package tokenbroker.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A media type or a media range (RFC 9110 §12.5.1), without its parameters.
 *
 * @param type in lower case; {@code *} for any
 * @param subtype in lower case; {@code *} for any
 * @param weight {@code q} in thousandths, from 0 to 1000
 */
record MediaRange(String type, String subtype, int weight) {

  private static final Pattern NAMES =
      Pattern.compile("\\*/\\*|[\\w!#$%&'+.^`|~-]+/(\\*|[\\w!#$%&'+.^`|~-]+)");

  /**
   * The syntax of {@code q}. The leading 0 is optional, because {@code HttpURLConnection} of older
   * JDKs omits it.
   */
  private static final Pattern WEIGHT = Pattern.compile("0?\\.\\d{1,3}|0\\.?|1(\\.0{0,3})?");

  private static final int MOST = 1000;

  /**
   * Returns the media ranges of all headers, read as one list (RFC 9110 §5.3). Malformed ranges are
   * skipped.
   */
  static List<MediaRange> listed(List<String> headers) {
    var ranges = new ArrayList<MediaRange>();
    for (var header : headers) {
      for (var member : split(header, ',')) {
        var range = parse(member);
        if (range != null) {
          ranges.add(range);
        }
      }
    }
    return ranges;
  }

  /** Returns the parsed range, or null if the text is malformed. */
  static @Nullable MediaRange parse(String text) {
    var parts = split(text, ';');
    var names = parts.getFirst().strip().toLowerCase(Locale.ROOT);
    var weight = weight(parts.subList(1, parts.size()));
    if (weight < 0 || !NAMES.matcher(names).matches()) {
      return null;
    }
    var slash = names.indexOf('/');
    return new MediaRange(names.substring(0, slash), names.substring(slash + 1), weight);
  }

  boolean includes(String otherType, String otherSubtype) {
    return (type.equals("*") || type.equals(otherType))
        && (subtype.equals("*") || subtype.equals(otherSubtype));
  }

  /** Returns how specific the range is; a narrower range has a greater number. */
  int specificity() {
    return type.equals("*") ? 0 : subtype.equals("*") ? 1 : 2;
  }

  /** Returns the weight in thousandths, or -1 if {@code q} is malformed. */
  private static int weight(List<String> parameters) {
    for (var parameter : parameters) {
      var text = parameter.strip().toLowerCase(Locale.ROOT);
      if (text.startsWith("q=")) {
        var value = text.substring(2);
        return WEIGHT.matcher(value).matches()
            ? (int) Math.round(Double.parseDouble(value) * MOST)
            : -1;
      }
    }
    return MOST;
  }

  /** Splits the text at each separator outside quoted strings (RFC 9110 §5.6.4). */
  private static List<String> split(String text, char separator) {
    var parts = new ArrayList<String>();
    var begin = 0;
    var quoted = false;
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == separator && !quoted) {
        parts.add(text.substring(begin, i));
        begin = i + 1;
      }
    }
    parts.add(text.substring(begin));
    return parts;
  }
}
