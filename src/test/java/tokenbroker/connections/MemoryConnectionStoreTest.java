package tokenbroker.connections;

class MemoryConnectionStoreTest extends ConnectionStoreContract {

  private final ConnectionStore store = new MemoryConnectionStore();

  @Override
  protected ConnectionStore store() {
    return store;
  }

  @Override
  protected ConnectionStore otherReplica() {
    return store;
  }
}
