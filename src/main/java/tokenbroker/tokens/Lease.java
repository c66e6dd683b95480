package tokenbroker.tokens;

/**
 * The right to fetch for one client, for a while: it saves upstream calls and is never needed for
 * correctness.
 */
public interface Lease extends AutoCloseable {

  /** Gives the lease back if it is still this holder's. Never throws, never blocks. */
  @Override
  void close();
}
