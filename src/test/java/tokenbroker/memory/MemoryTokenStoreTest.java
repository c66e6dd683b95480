package tokenbroker.memory;

import java.time.Clock;
import tokenbroker.time.Clocks;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.TokenStore;
import tokenbroker.tokens.TokenStoreContract;

class MemoryTokenStoreTest extends TokenStoreContract {

  private final MemoryTokenStore store =
      new MemoryTokenStore(new Clocks(Clock.systemUTC(), Ticker.system()));

  @Override
  protected TokenStore store() {
    return store;
  }

  @Override
  protected TokenStore otherReplica() {
    return store;
  }
}
