package tokenbroker.connections;

/** What a browser brings back from the upstream's consent page (RFC 6749 §4.1.2). */
public sealed interface Callback {

  /** The user said yes. */
  record WithCode(String code) implements Callback {
    @Override
    public String toString() {
      return "WithCode[redacted]";
    }
  }

  /**
   * The user or the upstream said no.
   *
   * @param error as it came: any text at all
   */
  record WithError(String error) implements Callback {}
}
