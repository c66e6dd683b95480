package tokenbroker.tokens;

/**
 * The temporary right to fetch for one client. It saves upstream calls and is never needed for
 * correctness.
 */
public interface Lease extends AutoCloseable {

  /** Releases the lease if this holder still has it. Never throws, never blocks. */
  @Override
  void close();
}
