package tokenbroker.callers;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** A file with the bearer token that a JWKS URL wants. */
final class TokenFile {

  /** RFC 6750 §2.1, {@code b64token}. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]{1,16384}=*");

  private TokenFile() {}

  /**
   * Reads the token. White space around it is not part of it.
   *
   * @throws KeysUnreadable naming the file, if it does not hold exactly one token
   */
  static String read(Path file) throws KeysUnreadable {
    var token = TextFile.read(file).strip();
    if (token.isEmpty()) {
      throw new KeysUnreadable("the token file " + file + " is empty");
    }
    if (!TOKEN.matcher(token).matches()) {
      throw new KeysUnreadable(
          "the token file " + file + " does not hold one bearer token and nothing else");
    }
    return token;
  }
}
