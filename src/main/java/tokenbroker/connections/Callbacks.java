package tokenbroker.connections;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.inject.Singleton;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.config.BrokerConfig;
import tokenbroker.connections.AuthorizationStore.Claim;
import tokenbroker.connections.AuthorizationStore.Outcome;
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
  private final Ticker ticker;
  private final Duration limit;

  Callbacks(
      ClientDirectory clients,
      AuthorizationStore pending,
      CodeExchange exchange,
      Ticker ticker,
      BrokerConfig config) {
    this.clients = clients;
    this.pending = pending;
    this.exchange = exchange;
    this.ticker = ticker;
    this.limit = config.upstream().timeout().plus(ALLOWANCE);
  }

  /** Where the browser goes next. */
  public sealed interface Destination {

    /** Back to the service. */
    record Back(URI address) implements Destination {}

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
  public Destination receive(AuthorizationId id, Callback callback, @Nullable String cookie) {
    var client = clients.find(id.client()).filter(it -> it.credentials().isPresent()).orElse(null);
    if (client == null || cookie == null || !Randoms.isId(cookie)) {
      return new Destination.Expired();
    }
    var browser = Randoms.sha256(cookie);
    return switch (claim(id, browser)) {
      case Claim.First(var authorization) when isAllowed(client, authorization) ->
          back(authorization, finish(browser, carryOut(client, authorization, callback), id));
      case Claim.Finished(var authorization, var outcome) when isAllowed(client, authorization) ->
          back(authorization, outcome);
      case Claim.First _, Claim.Finished _, Claim.Absent _ -> new Destination.Expired();
      case Claim.UnderWay _, Claim.Abandoned _ -> new Destination.Unknown();
    };
  }

  /** Waits if another callback of this authorization is under way, here or elsewhere. */
  private Claim claim(AuthorizationId id, String browser) {
    var end = ticker.now().plus(limit).plus(LOOK_AGAIN);
    while (true) {
      var claim = pending.claim(id, browser, limit);
      if (!(claim instanceof Claim.UnderWay)
          || end.isBefore(ticker.now())
          || Thread.currentThread().isInterrupted()) {
        return claim;
      }
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
  }

  private Outcome carryOut(Client client, Authorization authorization, Callback callback) {
    return switch (callback) {
      case Callback.WithCode(var code) -> exchange.carryOut(client, authorization, code);
      case Callback.WithError(var error) -> exchange.refused(client, authorization, error);
    };
  }

  /** This browser gets its answer in any case; a reload then gets "unknown", which is true. */
  private Outcome finish(String browser, Outcome outcome, AuthorizationId id) {
    try {
      pending.finish(id, browser, outcome);
    } catch (StoreUnavailable e) {
      LOG.warnf(
          "The outcome of an authorization of %s was not stored: %s", id.client(), e.getMessage());
    }
    return outcome;
  }

  /** The client may have changed since the authorization began. */
  private static boolean isAllowed(Client client, Authorization authorization) {
    return client.returnTo().contains(authorization.returnTo())
        && authorization.provenance().isOfConnectionsOf(client);
  }

  private static Destination back(Authorization authorization, Outcome outcome) {
    var address = authorization.returnTo();
    var state = authorization.state();
    return new Destination.Back(
        URI.create(
            address
                + (address.contains("?") ? "&" : "?")
                + outcome.parameter()
                + "="
                + outcome.value()
                + (state == null ? "" : "&state=" + URLEncoder.encode(state, UTF_8))));
  }
}
