package tokenbroker.memory;

import tokenbroker.connections.ConnectionStore;
import tokenbroker.connections.ConnectionStoreContract;
import tokenbroker.connections.KeepAliveSchedule;
import tokenbroker.testing.TestConfig;
import tokenbroker.time.Ticker;

class MemoryConnectionStoreTest extends ConnectionStoreContract {

  private final ConnectionStore store =
      new MemoryConnectionStore(
          new KeepAliveSchedule(TestConfig.with("broker.connections.keep-alive", "100ms")),
          Ticker.system());

  @Override
  protected ConnectionStore store() {
    return store;
  }

  @Override
  protected ConnectionStore otherReplica() {
    return store;
  }
}
