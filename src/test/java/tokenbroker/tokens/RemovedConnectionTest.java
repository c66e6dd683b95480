package tokenbroker.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.tokens.Replica.WAIT;
import static tokenbroker.tokens.Replica.client;

import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;
import tokenbroker.clients.Client;
import tokenbroker.memory.MemoryTokenStore;
import tokenbroker.testing.SettableClock;
import tokenbroker.tokens.FailureCause.Local;
import tokenbroker.tokens.TokenRequirement.Usable;
import tokenbroker.tokens.TokenResult.Gone;
import tokenbroker.tokens.TokenResult.Issued;
import tokenbroker.tokens.TokenStore.GrantStatus;
import tokenbroker.tokens.TokenStore.Lookup;
import tokenbroker.tokens.TokenStore.Revision;
import tokenbroker.tokens.TokenStore.Stored;

/** Proves that a connection that is removed during other work is never served again. */
class RemovedConnectionTest {

  private static final Stored REMOVED =
      new Stored(null, Revision.ABSENT, null, GrantStatus.GONE, "");

  private final SettableClock clock = new SettableClock();
  private final FakeTokenSource upstream = new FakeTokenSource(clock);
  private final MemoryTokenStore memory = new MemoryTokenStore(clock.clocks());
  private final Replica replica = new Replica("a", upstream, store(), clock);
  private final Client acme = client("acme");
  private final TokenOwner connection =
      new TokenOwner(acme.name(), new ConnectionId("A".repeat(22)));
  private volatile boolean removed;
  private volatile Runnable afterLook = () -> {};
  private volatile Runnable beforeDrop = () -> {};
  private volatile Runnable afterDrop = () -> {};

  @Test
  void aTokenThatArrivesAfterTheRemovalIsNotServed() {
    upstream.answers(
        client -> {
          removed = true;
          return upstream.newToken(client);
        });

    assertThat(ask()).isInstanceOf(Gone.class);
    assertThat(replica.broker.nearby(acme, connection, new Usable())).isNull();
  }

  @Test
  void aTokenThatComesOtherwiseIsNotServedEither() {
    removed = true;
    replica.broker.serve(connection, upstream.token("late", acme));

    assertThat(replica.broker.nearby(acme, connection, new Usable())).isNull();
  }

  @Test
  void aTokenReadAgainBeforeTheRemovalIsNotServedAfterIt() {
    assertThat(ask()).isInstanceOf(Issued.class);
    afterLook = this::remove;
    replica.broker.readAgain(acme, connection);

    assertThat(replica.broker.nearby(acme, connection, new Usable())).isNull();
  }

  @Test
  void aTokenFoundInTheStoreBeforeTheRemovalIsNotServedAfterIt() {
    memory.keep(
        connection,
        upstream.token("stored", acme),
        Revision.UNKNOWN,
        Announcement.of(Announcement.Kind.RENEWED, connection));
    afterLook = this::remove;
    ask();

    assertThat(replica.broker.nearby(acme, connection, new Usable())).isNull();
  }

  @Test
  void aDeadTokenIsNotWrittenBackByAReadRightAfterItIsDropped() {
    var dead = ((Issued) ask()).token();
    upstream.gives(new FetchResult.Failed(Local.RECONNECT_REQUIRED));
    afterDrop = () -> replica.broker.readAgain(acme, connection);
    replica.broker.invalidate(acme, connection, dead.id(), WAIT);

    assertThat(memory.look(connection).token()).isNull();
  }

  @Test
  void aDeadTokenThatIsReadRightBeforeItIsDroppedIsNotServedAfterIt() {
    var dead = ((Issued) ask()).token();
    upstream.gives(new FetchResult.Failed(Local.RECONNECT_REQUIRED));
    beforeDrop = this::ask;
    replica.broker.invalidate(acme, connection, dead.id(), WAIT);

    assertThat(replica.broker.nearby(acme, connection, new Usable())).isNull();
  }

  @Test
  void aConnectionThatIsMadeAnewIsServed() {
    assertThat(ask()).isInstanceOf(Issued.class);
    remove();
    removed = false;
    replica.broker.serve(connection, upstream.token("new", acme));

    assertThat(replica.broker.nearby(acme, connection, new Usable())).isNotNull();
  }

  /** Removes the connection and announces it, as another replica would. */
  private void remove() {
    removed = true;
    memory.keep(
        connection,
        upstream.token("word", acme),
        Revision.UNKNOWN,
        Announcement.of(Announcement.Kind.REMOVED, connection));
  }

  private TokenResult ask() {
    return replica.broker.tokenFor(acme, connection, new Usable(), WAIT).join();
  }

  /**
   * Returns a store that checks whether the connection exists, as Redis does. The in-memory store
   * does not.
   */
  private TokenStore store() {
    return (TokenStore)
        Proxy.newProxyInstance(
            TokenStore.class.getClassLoader(),
            new Class<?>[] {TokenStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("drop")) { // Its announcement takes a moment.
                beforeDrop.run();
                memory.forget((TokenOwner) arguments[0]);
                afterDrop.run();
                return null;
              }
              var result =
                  removed
                      ? switch (method.getName()) {
                        case "look" -> REMOVED;
                        case "lookOrLease" -> new Lookup(REMOVED, null);
                        case "keep" -> false;
                        default -> method.invoke(memory, arguments);
                      }
                      : method.invoke(memory, arguments);
              if (method.getName().startsWith("look")) {
                afterLook.run();
              }
              return result;
            });
  }
}
