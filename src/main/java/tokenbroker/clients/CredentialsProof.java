package tokenbroker.clients;

import java.util.function.Consumer;

/** Tries new credentials before they replace working ones. Thread-safe. */
public interface CredentialsProof {

  /** Blocks for one fetch at most. {@code candidate} carries the new credentials. */
  Verdict prove(Client candidate);

  /**
   * Whether the credentials in use work as far as is known: false once the upstream has refused
   * them, so that others need not be better than they are. Never blocks.
   */
  boolean working(Client client);

  /**
   * Tells of each client whose credentials in use were refused, for its own tokens or for a
   * connection. The listener must be quick.
   */
  void onRefused(Consumer<ClientName> listener);

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
