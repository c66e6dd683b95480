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
import tokenbroker.connections.Authorization.Outcome;
import tokenbroker.connections.Authorization.Progress;
import tokenbroker.connections.AuthorizationStore.StoredAuthorization;
import tokenbroker.time.Clocks;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.StoreUnavailable;

/**
 * The second half of the authorization-code flow: a browser comes back from the upstream. However
 * often and wherever it comes back, the authorization is carried out once, and every answer is the
 * same.
 *
 * <ol>
 *   <li>The first callback claims the authorization in the store; only it exchanges the code.
 *   <li>Its outcome is stored before it is answered; others wait for that, for a bounded time.
 *   <li>If no outcome comes, nothing is claimed about the connection: the replica may have died
 *       after the connection was made.
 * </ol>
 */
@Singleton
public class Callbacks {

  private static final Logger LOG = Logger.getLogger(Callbacks.class);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  /**
   * The time that all but the upstream may need: the store, and a process that is short of time.
   */
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

  /** Where the browser goes next. */
  public sealed interface Destination {

    /** Back to the service. */
    record Back(URI address) implements Destination {
      @Override
      public String toString() {
        return "Back[redacted]";
      }
    }

    /**
     * There is no such authorization: it is too old, it belongs to another browser, or its client
     * is gone.
     */
    record Expired() implements Destination {}

    /** Nobody knows whether the account was connected. */
    record Unknown() implements Destination {}
  }

  /**
   * Carries the authorization out, or says again what came of it.
   *
   * @param cookie what the browser brings; null if nothing
   */
  public Destination receive(UpstreamState state, Callback callback, @Nullable String cookie) {
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

  /** What a browser finds that comes back. */
  private sealed interface Claim {

    /** Nobody came back before: this callback carries the authorization out. */
    record First(Authorization authorization) implements Claim {}

    /** It was carried out. */
    record Carried(Authorization authorization, Outcome outcome) implements Claim {}

    /** Somebody else carries it out, or died over it. */
    record UnderWay() implements Claim {}

    /** There is none for this browser and this client. */
    record Absent() implements Claim {}
  }

  /** Waits if another callback of this authorization is under way, here or elsewhere. */
  private Claim claim(Client client, UpstreamState state, String browser) {
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
  private Optional<Claim> tried(StoredAuthorization held, UpstreamState state, String browser) {
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

  private Outcome carryOut(Client client, Authorization authorization, Callback callback) {
    return switch (callback) {
      case Callback.WithCode(var code) -> exchange.carryOut(client, authorization, code);
      case Callback.WithError(var error) -> exchange.refused(client, authorization, error);
    };
  }

  /** This browser gets its answer in any case; a reload then gets "unknown", which is true. */
  private Outcome finish(UpstreamState state, Outcome outcome) {
    var handle = state.authorization();
    try {
      pending
          .find(handle)
          .ifPresent(held -> pending.replace(handle, held.revision(), finished(held, outcome)));
    } catch (StoreUnavailable e) {
      LOG.warnf(
          "The outcome of an authorization of %s was not stored: %s",
          handle.client(), e.getMessage());
    }
    return outcome;
  }

  private Authorization finished(StoredAuthorization held, Outcome outcome) {
    var authorization = held.authorization();
    return authorization.progress() instanceof Progress.Claimed(var visits)
        ? authorization.in(
            new Progress.Finished(visits, outcome), clock.instant().plus(Authorization.LIFE))
        : authorization;
  }

  /** The client may have changed since the authorization began. */
  private static boolean isAllowed(Client client, Authorization authorization) {
    return client.returnTo().contains(authorization.returnTo())
        && authorization.provenance().isOfConnectionsOf(client);
  }

  private static Destination back(Authorization authorization, Outcome outcome) {
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
