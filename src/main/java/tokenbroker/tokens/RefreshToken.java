package tokenbroker.tokens;

/**
 * A refresh token, which refreshes the tokens of a connection (RFC 6749 §1.5). It never prints its
 * value.
 *
 * @param reveal the value: printable ASCII without spaces; never logged
 */
public record RefreshToken(String reveal) {
  @Override
  public String toString() {
    return "RefreshToken[redacted]";
  }
}
