package tokenbroker.connections;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.inject.Singleton;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.config.BrokerConfig;
import tokenbroker.connections.Authorization.Progress;
import tokenbroker.connections.Authorization.ResultParameter;
import tokenbroker.connections.AuthorizationStore.StoredAuthorization;
import tokenbroker.time.Clocks;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.StoreUnavailable;

/**
 * The second half of the authorization-code flow: a browser returns from the upstream. The
 * authorization is carried out once, however often and to whichever replica the browser returns.
 * Every callback gets the same answer.
 *
 * <ol>
 *   <li>The first callback claims the authorization in the store; only it exchanges the code.
 *   <li>Its outcome is stored before it is answered. Other callbacks wait for the outcome, for a
 *       bounded time.
 *   <li>If no outcome appears, the broker makes no statement about the connection. The replica may
 *       have died after the connection was made.
 * </ol>
 */
@Singleton
public class Callbacks {

  private static final Logger LOG = Logger.getLogger(Callbacks.class);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  /** The time for everything except the upstream: the store, and delays of a busy process. */
  private static final Duration ALLOWANCE = Duration.ofSeconds(5);

  private final ClientDirectory clients;
  private final AuthorizationStore pending;
  private final CodeExchange exchange;
  private final Clock clock;
  private final Ticker ticker;
  private final Duration limit;

  Callbacks(
      ClientDirectory clients,
      AuthorizationStore pending,
      CodeExchange exchange,
      Clocks clocks,
      BrokerConfig config) {
    this.clients = clients;
    this.pending = pending;
    this.exchange = exchange;
    this.clock = clocks.clock();
    this.ticker = clocks.ticker();
    this.limit = config.upstream().timeout().plus(ALLOWANCE);
  }

  /** The place where the browser goes next. */
  public sealed interface Destination {

    /** The browser goes back to the service. */
    record Back(URI address) implements Destination {
      @Override
      public String toString() {
        return "Back[redacted]";
      }
    }

    /**
     * There is no such authorization: it has expired, it belongs to another browser, or its client
     * no longer exists.
     */
    record Expired() implements Destination {}

    /** It is unknown whether the account was connected. */
    record Unknown() implements Destination {}
  }

  /**
   * Carries out the authorization, or repeats its outcome.
   *
   * @param cookie the browser's cookie; null if it has none
   */
  public Destination receive(StateParameter state, Callback callback, @Nullable String cookie) {
    var client =
        clients
            .find(state.authorization().client())
            .filter(it -> it.credentials().isPresent())
            .orElse(null);
    if (client == null || cookie == null || !RandomTexts.isId(cookie)) {
      return new Destination.Expired();
    }
    return switch (claim(client, state, RandomTexts.hashOf(cookie))) {
      case Claim.First(var authorization) ->
          back(authorization, finish(state, carryOut(client, authorization, callback)));
      case Claim.Carried(var authorization, var outcome) -> back(authorization, outcome);
      case Claim.Absent() -> new Destination.Expired();
      case Claim.UnderWay() -> new Destination.Unknown();
    };
  }

  /** The state that a returning browser meets. */
  private sealed interface Claim {

    /** This callback is the first, so it carries the authorization out. */
    record First(Authorization authorization) implements Claim {}

    /** The authorization was carried out. */
    record Carried(Authorization authorization, ResultParameter outcome) implements Claim {}

    /** Another callback is carrying the authorization out, or its process died meanwhile. */
    record UnderWay() implements Claim {}

    /** This browser and this client have no such authorization. */
    record Absent() implements Claim {}
  }

  /** Claims the authorization. Waits while another callback processes it on any replica. */
  private Claim claim(Client client, StateParameter state, String browser) {
    var end = ticker.now().plus(limit).plus(LOOK_AGAIN);
    while (true) {
      var held = pending.find(state.authorization()).orElse(null);
      if (held == null || !isAllowed(client, held.authorization())) {
        return new Claim.Absent();
      }
      var claim = tried(held, state, browser).orElse(null);
      if (claim != null && !(claim instanceof Claim.UnderWay)) {
        return claim;
      }
      if (end.isBefore(ticker.now()) || Thread.currentThread().isInterrupted()) {
        return new Claim.UnderWay();
      }
      if (claim != null) {
        LockSupport.parkNanos(LOOK_AGAIN.toNanos());
      }
    }
  }

  /** Returns empty if the authorization changed meanwhile. */
  private Optional<Claim> tried(StoredAuthorization held, StateParameter state, String browser) {
    var authorization = held.authorization();
    return switch (authorization.progress()) {
      case Progress.Visited(var visits) when visits.include(browser, state) ->
          pending.replace(
                  state.authorization(),
                  held.revision(),
                  authorization.in(new Progress.Claimed(visits)))
              ? Optional.of(new Claim.First(authorization))
              : Optional.empty();
      case Progress.Claimed(var visits) when visits.include(browser, state) ->
          Optional.of(new Claim.UnderWay());
      case Progress.Finished(var visits, var outcome) when visits.include(browser, state) ->
          Optional.of(new Claim.Carried(authorization, outcome));
      case Progress.Begun _, Progress.Visited _, Progress.Claimed _, Progress.Finished _ ->
          Optional.of(new Claim.Absent());
    };
  }

  private ResultParameter carryOut(Client client, Authorization authorization, Callback callback) {
    return switch (callback) {
      case Callback.WithCode(var code) -> exchange.carryOut(client, authorization, code);
      case Callback.WithError(var error) -> exchange.refused(client, authorization, error);
    };
  }

  /**
   * Stores the outcome. If that fails, this browser still gets its answer, and a reload truthfully
   * gets "unknown".
   */
  private ResultParameter finish(StateParameter state, ResultParameter outcome) {
    var handle = state.authorization();
    try {
      pending
          .find(handle)
          .ifPresent(held -> pending.replace(handle, held.revision(), finished(held, outcome)));
    } catch (StoreUnavailable e) {
      LOG.warnf(
          "The outcome of an authorization of client %s could not be stored: %s",
          handle.client(), e.getMessage());
    }
    return outcome;
  }

  private Authorization finished(StoredAuthorization held, ResultParameter outcome) {
    var authorization = held.authorization();
    return authorization.progress() instanceof Progress.Claimed(var visits)
        ? authorization.in(
            new Progress.Finished(visits, outcome), clock.instant().plus(Authorization.LIFE))
        : authorization;
  }

  /**
   * Returns whether the client's configuration still allows it; it may have changed since the
   * authorization began.
   */
  private static boolean isAllowed(Client client, Authorization authorization) {
    return client.returnTo().contains(authorization.returnTo())
        && authorization.provenance().isOfConnectionsOf(client);
  }

  private static Destination back(Authorization authorization, ResultParameter outcome) {
    var address = authorization.returnTo();
    return new Destination.Back(
        URI.create(
            address
                + (address.contains("?") ? "&" : "?")
                + outcome.parameter()
                + "="
                + outcome.value()
                + "&state="
                + URLEncoder.encode(authorization.state(), UTF_8)));
  }
}
