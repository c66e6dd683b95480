package tokenbroker.http;

import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tokenbroker.http.FormParameters.MalformedForm;

/**
 * The user and the password of {@code Authorization: Basic}. Both parts are form-encoded (RFC 6749
 * §2.3.1).
 *
 * @param password null if empty: then it names the client and is no credential
 */
record BasicCredentials(String user, @Nullable String password) {

  private static final String SCHEME = "Basic ";

  static boolean isBasic(String authorization) {
    return authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
  }

  /**
   * Reads a header with this scheme.
   *
   * @throws MalformedForm if it is not base64, or not a user and a password
   */
  static BasicCredentials read(String authorization) throws MalformedForm {
    try {
      var bytes = Base64.getDecoder().decode(authorization.substring(SCHEME.length()).strip());
      var colon = indexOfColon(bytes);
      var password = decoded(bytes, colon + 1, bytes.length);
      return new BasicCredentials(decoded(bytes, 0, colon), password.isEmpty() ? null : password);
    } catch (IllegalArgumentException e) {
      throw new MalformedForm("Authorization: Basic is not base64.");
    }
  }

  private static int indexOfColon(byte[] bytes) throws MalformedForm {
    for (var i = 0; i < bytes.length; i++) {
      if (bytes[i] == ':') {
        return i;
      }
    }
    throw new MalformedForm("Authorization: Basic has no colon.");
  }

  private static String decoded(byte[] bytes, int start, int end) throws MalformedForm {
    return FormParameters.decoded(FormParameters.text(bytes, start, end));
  }

  /** The password stays out of it. */
  @Override
  public String toString() {
    return "BasicCredentials[]";
  }
}
