package tokenbroker.clients;

/** A secret whose {@code toString} does not reveal it. */
public record ClientSecret(String reveal) {
  @Override
  public String toString() {
    return "ClientSecret[redacted]";
  }
}
