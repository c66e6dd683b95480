package tokenbroker.tokens;

/**
 * The right to fetch for one client, for a while: it saves upstream calls and is never needed for
 * correctness.
 */
public interface Lease extends AutoCloseable {

  /** What a fetch holds that goes on without a lease. */
  Lease NONE = () -> {};

  /** Gives the lease back if it is still this holder's. Never throws. */
  @Override
  void close();
}
