package tokenbroker.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Text;

/**
 * The known parameters of an {@code application/x-www-form-urlencoded} text (RFC 6749 appendix B).
 * Unknown parameters are ignored. An empty value counts as absent (RFC 6749 §3.2).
 */
final class FormParameters {

  /** A percent sign without two hexadecimal digits. {@link URLDecoder} accepts some of them. */
  private static final Pattern BROKEN_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

  /** What decoders put in place of bytes that they cannot decode. */
  private static final char REPLACEMENT = '\uFFFD';

  private final Map<String, String> values;

  private FormParameters(Map<String, String> values) {
    this.values = values;
  }

  /**
   * Returns the characters of UTF-8. Nearly all forms are ASCII, which the JVM checks fast.
   *
   * @param start the index of the first byte
   * @param end the index after the last byte
   * @throws MalformedForm if it is not valid UTF-8
   */
  static String text(byte[] bytes, int start, int end) throws MalformedForm {
    var ascii = new String(bytes, start, end - start, US_ASCII);
    return ascii.indexOf(REPLACEMENT) < 0 ? ascii : utf8(Arrays.copyOfRange(bytes, start, end));
  }

  /**
   * Parses a form.
   *
   * @throws MalformedForm if an escape or its UTF-8 is broken, or a known parameter is repeated
   */
  static FormParameters parse(String form, Set<String> known) throws MalformedForm {
    var values = new HashMap<String, String>();
    for (var start = 0; start <= form.length(); ) {
      var next = form.indexOf('&', start);
      var end = next < 0 ? form.length() : next;
      var equals = form.indexOf('=', start);
      var nameEnd = equals < 0 || equals > end ? end : equals;
      var name = decoded(form.substring(start, nameEnd));
      if (known.contains(name)) {
        var value = nameEnd == end ? "" : decoded(form.substring(nameEnd + 1, end));
        if (values.put(name, value) != null) {
          throw new MalformedForm("A parameter is repeated.");
        }
      }
      start = end + 1;
    }
    return new FormParameters(values);
  }

  /**
   * Decodes one form-encoded text.
   *
   * @throws MalformedForm if an escape or its UTF-8 is broken
   */
  static String decoded(String text) throws MalformedForm {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    if (BROKEN_ESCAPE.matcher(text).find()) {
      throw new MalformedForm("The form is not valid: a percent escape is broken.");
    }
    var bytes = new String(text.getBytes(UTF_8), ISO_8859_1);
    return utf8(URLDecoder.decode(bytes, ISO_8859_1).getBytes(ISO_8859_1));
  }

  private static String utf8(byte[] bytes) throws MalformedForm {
    try {
      return Text.utf8(bytes);
    } catch (CharacterCodingException e) {
      throw new MalformedForm("The form is not valid UTF-8.");
    }
  }

  /** Returns the value; null if the parameter is absent or empty. */
  @Nullable String get(String name) {
    var value = values.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /** A form that cannot be parsed. The description contains nothing of the form. */
  static final class MalformedForm extends Exception {

    private static final long serialVersionUID = 1;

    /** What is wrong, for people. */
    final String description;

    MalformedForm(String description) {
      super(description, null, false, false);
      this.description = description;
    }
  }
}
