package tokenbroker.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.URLDecoder;
import java.nio.charset.CharacterCodingException;
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

  private final Map<String, String> values;

  private FormParameters(Map<String, String> values) {
    this.values = values;
  }

  /**
   * Parses a form.
   *
   * @param form the bytes as ISO-8859-1 characters
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
   * @param text the bytes as ISO-8859-1 characters
   * @throws MalformedForm if an escape or its UTF-8 is broken
   */
  static String decoded(String text) throws MalformedForm {
    var plain = true;
    for (var i = 0; i < text.length() && plain; i++) {
      var c = text.charAt(i);
      plain = c != '%' && c != '+' && c < 0x80;
    }
    if (plain) {
      return text;
    }
    if (BROKEN_ESCAPE.matcher(text).find()) {
      throw new MalformedForm("The form is not valid: a percent escape is broken.");
    }
    try {
      return Text.utf8(URLDecoder.decode(text, ISO_8859_1).getBytes(ISO_8859_1));
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
