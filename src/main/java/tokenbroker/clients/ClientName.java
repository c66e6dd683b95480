package tokenbroker.clients;

import java.util.Optional;

/**
 * Our name for a set of TrackMage credentials: a DNS label. Never TrackMage's {@code client_id}.
 */
public record ClientName(String value) implements Comparable<ClientName> {

  private static final int LONGEST = 63;

  public ClientName {
    if (!isWellFormed(value)) {
      throw new IllegalArgumentException(
          "not a client name: 1 to 63 of a-z, 0-9 and -, no - at either end");
    }
  }

  /** Empty where the text is no client name. */
  public static Optional<ClientName> parse(String text) {
    return isWellFormed(text) ? Optional.of(new ClientName(text)) : Optional.empty();
  }

  /** {@code [a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?}, which each request would pay for as a pattern. */
  private static boolean isWellFormed(String text) {
    var last = text.length() - 1;
    if (last < 0 || last >= LONGEST || text.charAt(0) == '-' || text.charAt(last) == '-') {
      return false;
    }
    for (var i = 0; i <= last; i++) {
      var c = text.charAt(i);
      if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') {
        return false;
      }
    }
    return true;
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
