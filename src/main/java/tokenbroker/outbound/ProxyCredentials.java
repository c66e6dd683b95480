package tokenbroker.outbound;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Pattern;
import tokenbroker.files.UnusableText;

/** Reads the broker's credentials at the egress proxy: one line {@code user:password}. */
final class ProxyCredentials {

  private static final int LONGEST = 4 * 1024;

  /** RFC 7617 §2 allows no control character. */
  private static final Pattern LINE = Pattern.compile("[^:\\p{Cntrl}]+:[^\\p{Cntrl}]*");

  private ProxyCredentials() {}

  /**
   * Returns the value of the {@code Proxy-Authorization} header (RFC 7617).
   *
   * @throws UnusableText naming the file, if it does not contain exactly one such line
   */
  static String header(String text, Path file) throws UnusableText {
    var line = text.replaceFirst("\r?\n$", "");
    if (line.length() > LONGEST || !LINE.matcher(line).matches()) {
      throw new UnusableText(
          file + " is malformed: it must contain one line of the form user:password");
    }
    return "Basic " + Base64.getEncoder().encodeToString(line.getBytes(UTF_8));
  }
}
