package tokenbroker.connections;

/** The response that a browser brings back from the upstream's consent page (RFC 6749 §4.1.2). */
public sealed interface Callback {

  /** The user granted access. */
  record WithCode(String code) implements Callback {
    @Override
    public String toString() {
      return "WithCode[redacted]";
    }
  }

  /**
   * The user or the upstream denied access.
   *
   * @param error the error as received, which may be any text
   */
  record WithError(String error) implements Callback {}
}
