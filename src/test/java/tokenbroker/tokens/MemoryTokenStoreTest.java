package tokenbroker.tokens;

import java.time.Clock;

class MemoryTokenStoreTest extends TokenStoreContract {

  private final MemoryTokenStore store = new MemoryTokenStore(Clock.systemUTC());

  @Override
  protected TokenStore store() {
    return store;
  }

  @Override
  protected TokenStore otherReplica() {
    return store;
  }
}
