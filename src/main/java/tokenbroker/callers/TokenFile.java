package tokenbroker.callers;

import java.nio.file.Path;
import java.util.regex.Pattern;
import tokenbroker.files.TextFile;
import tokenbroker.files.UnusableText;

/** Reads a file with the bearer token that an issuer's server requires. */
final class TokenFile {

  /** The {@code b64token} of RFC 6750 §2.1. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]{1,16384}=*");

  private TokenFile() {}

  /**
   * Reads the token, without surrounding white space.
   *
   * @throws UnusableText naming the file, if it does not hold exactly one token
   */
  static String read(Path file) throws UnusableText {
    var token = TextFile.read(file).strip();
    if (token.isEmpty()) {
      throw new KeysUnreadable("the token file " + file + " is empty");
    }
    if (!TOKEN.matcher(token).matches()) {
      throw new KeysUnreadable("the token file " + file + " must contain exactly one bearer token");
    }
    return token;
  }
}
