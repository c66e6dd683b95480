package tokenbroker.clients;

import java.util.function.Consumer;

/** A check of new credentials before they replace working ones. Thread-safe. */
public interface CredentialsProof {

  /** Tries the credentials of {@code candidate} upstream. Blocks for one fetch at most. */
  ProofResult prove(Client candidate);

  /**
   * Returns whether the credentials in use work, as far as known. It is false once the upstream has
   * rejected them; then any new credentials may replace them. Never blocks.
   */
  boolean working(Client client);

  /**
   * Registers a listener for clients whose credentials in use were rejected, for the client's own
   * tokens or for a connection. The listener must be quick.
   */
  void onRefused(Consumer<ClientName> listener);

  /** The result of a trial. */
  sealed interface ProofResult {
    /** The upstream issued a token for the credentials. */
    record Proven() implements ProofResult {}

    /** The upstream rejects the credentials, with this OAuth {@code error}. */
    record Refused(String error) implements ProofResult {}

    /** The trial has no result, because the upstream did not answer. */
    record Undecided() implements ProofResult {}
  }
}
