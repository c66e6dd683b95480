package tokenbroker.clients;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Our name for a set of TrackMage credentials: a DNS label. Never TrackMage's {@code client_id}.
 */
public record ClientName(String value) implements Comparable<ClientName> {

  private static final Pattern FORM = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  public ClientName {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "not a client name: 1 to 63 of a-z, 0-9 and -, no - at either end");
    }
  }

  /** Empty where the text is no client name. */
  public static Optional<ClientName> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new ClientName(text)) : Optional.empty();
  }

  @Override
  public int compareTo(ClientName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
