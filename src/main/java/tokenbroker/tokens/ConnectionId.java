package tokenbroker.tokens;

import java.util.Optional;
import java.util.regex.Pattern;

/** The id of a connection: 128 bits in base64url. It grants no access and may be logged. */
public record ConnectionId(String value) {

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{22}");

  public ConnectionId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not a connection id");
    }
  }

  public static Optional<ConnectionId> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new ConnectionId(text)) : Optional.empty();
  }

  @Override
  public String toString() {
    return value;
  }
}
