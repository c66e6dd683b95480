package tokenbroker.connections;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientCredentials;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.ClientLabels;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.ClientSecret;
import tokenbroker.clients.Upstream;
import tokenbroker.config.BrokerConfig;
import tokenbroker.connections.Connection.State;
import tokenbroker.connections.ConnectionStore.Claiming;
import tokenbroker.memory.MemoryConnectionStore;
import tokenbroker.observability.Audit;
import tokenbroker.testing.SettableClock;
import tokenbroker.testing.TestConfig;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.Provenance;
import tokenbroker.tokens.RefreshToken;
import tokenbroker.tokens.StoreUnavailable;
import tokenbroker.tokens.TokenOwner;

/** One client with one connection, a store that can be broken, and a scripted upstream. */
final class ConnectionsFixture {

  static final Client ACME = client("https://upstream.test", "id");
  static final ConnectionId ID = new ConnectionId("A".repeat(22));
  static final TokenOwner ACCOUNT = new TokenOwner(ACME.name(), ID);

  final SettableClock clock = new SettableClock();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final ScriptedAuthorizationCodeClient grants = new ScriptedAuthorizationCodeClient(clock);
  final BrokerConfig config = TestConfig.defaults();
  final ConnectionEvents records =
      new ConnectionEvents(
          registry,
          new ClientLabels(configured(), config, registry),
          new Audit(clock.clocks(), registry, config));
  final MemoryConnectionStore memory =
      new MemoryConnectionStore(new KeepAliveSchedule(config), clock);

  /** Whether every operation of the store fails. */
  volatile boolean broken;

  final ConnectionStore store =
      breakable(ConnectionStore.class, memory, method -> broken && !method.equals("rotation"));

  /**
   * Returns a store whose methods can be made to fail.
   *
   * @param broken whether the method of this name fails now
   */
  static <T> T breakable(Class<T> type, T store, Predicate<String> broken) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (broken.test(method.getName())) {
                throw new StoreUnavailable("broken by the test");
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  private static ClientDirectory configured() {
    var clients = new ClientDirectory();
    clients.replaceAll(List.of(new ClientDirectory.Entry(ACME, null)));
    return clients;
  }

  static Client client(String server, String clientId) {
    return new Client(
        new ClientName("acme"),
        new Upstream(
            "production", URI.create(server), Upstream.RequestStyle.FORM, "/oauth/v2/token"),
        null,
        List.of("https://shop.example/"),
        List.of(),
        new ClientCredentials(clientId, new ClientSecret("secret"), "v1"));
  }

  /** Makes the user connect, or connect again. */
  void connect(String refreshToken) {
    memory.put(
        ACME.name(),
        new Connection(
            ID,
            "user",
            null,
            State.ACTIVE,
            Instant.EPOCH,
            Instant.EPOCH,
            Provenance.of(ACME, ACCOUNT),
            1),
        new RefreshToken(refreshToken));
  }

  /** Returns a replica whose callers wait this long for a renewal. */
  RefreshTokenSource source(String timeout) {
    return new RefreshTokenSource(
        grants, store, records, TestConfig.with("broker.upstream.timeout", timeout));
  }

  /** Returns the stored refresh token. Fails if the connection is claimed. */
  String stored() {
    var claimed = (Claiming.Claimed) memory.claim(ACCOUNT, "");
    claimed.claim().close();
    return claimed.held().refreshToken().reveal();
  }

  State state() {
    return memory.find(ACCOUNT).orElseThrow().state();
  }

  boolean isClaimed() {
    var claiming = memory.claim(ACCOUNT, "");
    if (claiming instanceof Claiming.Claimed(_, var claim)) {
      claim.close();
    }
    return claiming instanceof Claiming.ClaimedElsewhere;
  }
}
