package tokenbroker.clients;

/** Tries new credentials before they replace working ones. Thread-safe. */
public interface CredentialsProof {

  /** Blocks for one fetch at most. {@code candidate} carries the new credentials. */
  Verdict prove(Client candidate);

  /**
   * Whether the credentials in use work as far as is known: false once the upstream has refused
   * them, so that others need not be better than they are. Never blocks.
   */
  boolean working(ClientName client);

  /** What the trial said. */
  sealed interface Verdict {
    /** The upstream gave a token for them. */
    record Proven() implements Verdict {}

    /** The upstream refuses them, with this OAuth {@code error}. */
    record Refused(String error) implements Verdict {}

    /** Nothing was learned: the upstream did not answer. */
    record Undecided() implements Verdict {}
  }
}
