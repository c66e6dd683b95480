package tokenbroker.clients;

/** A secret that cannot print itself. */
public record ClientSecret(String reveal) {
  @Override
  public String toString() {
    return "ClientSecret[redacted]";
  }
}
