package tokenbroker.tokens;

import java.time.Clock;
import tokenbroker.time.Clocks;
import tokenbroker.time.Ticker;

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
