package tokenbroker.tokens;

/**
 * What renews the tokens of a connection (RFC 6749 §1.5). It cannot print itself.
 *
 * @param reveal printable ASCII without spaces; never logged
 */
public record RefreshToken(String reveal) {
  @Override
  public String toString() {
    return "RefreshToken[redacted]";
  }
}
