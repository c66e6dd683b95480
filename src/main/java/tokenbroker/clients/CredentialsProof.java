package tokenbroker.clients;

/** Tries new credentials before they replace working ones. */
public interface CredentialsProof {

  /** Blocks for one fetch at most. {@code candidate} carries the new credentials. */
  Verdict prove(Client candidate);

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
