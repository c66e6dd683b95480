package tokenbroker.clients;

import java.util.Optional;

/**
 * The broker's name for a set of TrackMage credentials: a DNS label. It is never TrackMage's {@code
 * client_id}.
 */
public record ClientName(String value) implements Comparable<ClientName> {

  private static final int LONGEST = 63;

  public ClientName {
    if (!isWellFormed(value)) {
      throw new IllegalArgumentException(
          "not a valid client name: use 1 to 63 characters of a-z, 0-9 and -, with no - at the start or end");
    }
  }

  /** Returns the name, or empty if the text is no client name. */
  public static Optional<ClientName> parse(String text) {
    return isWellFormed(text) ? Optional.of(new ClientName(text)) : Optional.empty();
  }

  /**
   * Matches {@code [a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?}. It is not a pattern, because every request
   * would pay for one.
   */
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
