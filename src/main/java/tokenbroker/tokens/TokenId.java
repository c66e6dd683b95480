package tokenbroker.tokens;

import java.util.Optional;
import java.util.regex.Pattern;
import tokenbroker.seal.KeyedHash;

/**
 * The id of a token: a keyed hash of its value, 128 bits in base64url. It reveals nothing about the
 * token, is safe to log and is the same on every replica.
 */
public record TokenId(String value) {

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{22}");

  public TokenId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not a token id");
    }
  }

  /** Returns the id of the token with this value. */
  public static TokenId of(String token, KeyedHash hash) {
    return new TokenId(hash.of("token", token));
  }

  public static Optional<TokenId> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new TokenId(text)) : Optional.empty();
  }

  @Override
  public String toString() {
    return value;
  }
}
