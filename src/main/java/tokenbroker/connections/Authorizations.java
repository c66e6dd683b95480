package tokenbroker.connections;

import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.connections.Authorization.Progress;
import tokenbroker.connections.Authorization.Visits;
import tokenbroker.connections.AuthorizationStore.Keeping;
import tokenbroker.tokens.Provenance;
import tokenbroker.tokens.StoreUnavailable;

/**
 * The first half of the authorization-code flow (RFC 6749 §4.1): from a caller's request to the
 * upstream's consent page. {@link Callbacks} is the second half. Each step blocks for a bounded
 * time.
 */
@Singleton
public class Authorizations {

  /** Visits of one authorization that may collide, were somebody to click that fast. */
  private static final int TRIES = 5;

  private final ClientDirectory clients;
  private final AuthorizationStore pending;
  private final AuthorizationCodeClient grants;
  private final PublicAddress address;
  private final Clock clock;

  Authorizations(
      ClientDirectory clients,
      AuthorizationStore pending,
      AuthorizationCodeClient grants,
      PublicAddress address,
      Clock clock) {
    this.clients = clients;
    this.pending = pending;
    this.grants = grants;
    this.address = address;
    this.clock = clock;
  }

  /** Returns whether there is a public address, and so a flow. */
  public boolean areOn() {
    return address.isSet();
  }

  /** Returns whether browsers reach the broker over TLS. */
  public boolean areSecure() {
    return address.isSecure();
  }

  /** Whether an authorization began. */
  public sealed interface Beginning {

    /**
     * It began.
     *
     * @param address for the user's browser; whoever has it can carry the authorization out
     */
    record Begun(URI address) implements Beginning {
      @Override
      public String toString() {
        return "Begun[redacted]";
      }
    }

    /** The caller has begun too many for this client. */
    record TooMany(Duration retryAfter) implements Beginning {}
  }

  /**
   * Begins an authorization.
   *
   * @param client has credentials
   * @param returnTo one of the client's
   * @param state the caller's own, which it must give again to redeem the result
   */
  public Beginning begin(
      Client client, Caller caller, String returnTo, String state, String traceId) {
    var id = AuthorizationId.next(client.name());
    var begun =
        new Authorization(
            returnTo,
            state,
            RandomTexts.verifier(),
            caller,
            traceId,
            Provenance.ofConnections(client),
            new Progress.Begun(),
            clock.instant().plus(Authorization.LIFE));
    return switch (pending.keep(id.handle(), begun)) {
      case Keeping.Kept() -> new Beginning.Begun(address.linkTo(id));
      case Keeping.TooMany(var retryAfter) -> new Beginning.TooMany(retryAfter);
    };
  }

  /**
   * Sends the browser that follows an authorization's address to the upstream. The first browser
   * owns the authorization.
   *
   * @param cookie what this browser has from an earlier visit; null if nothing
   * @return empty if there is no such authorization for this browser
   */
  public Optional<Consent> visit(AuthorizationId id, @Nullable String cookie) {
    var browser = cookie != null && RandomTexts.isId(cookie) ? cookie : RandomTexts.id();
    var state = UpstreamState.next(id.handle());
    return clients
        .find(id.client())
        .filter(client -> client.credentials().isPresent())
        .flatMap(
            client ->
                visited(client, state, RandomTexts.hashOf(browser))
                    .map(verifier -> new Consent(page(client, state, verifier), browser)));
  }

  /** Returns the code verifier; empty if there is no such authorization for this browser. */
  private Optional<String> visited(Client client, UpstreamState state, String browser) {
    var handle = state.authorization();
    for (var i = 0; i < TRIES; i++) {
      var held = pending.find(handle).orElse(null);
      if (held == null || !held.authorization().provenance().isOfConnectionsOf(client)) {
        return Optional.empty();
      }
      var authorization = held.authorization();
      var visits = visits(authorization, browser).orElse(null);
      if (visits == null) {
        return Optional.empty();
      }
      var next = authorization.in(new Progress.Visited(visits.and(state)));
      if (pending.replace(handle, held.revision(), next)) {
        return Optional.of(authorization.verifier());
      }
    }
    throw new StoreUnavailable("an authorization changes too often");
  }

  /** Returns this browser's visits before; empty if it may not visit. */
  private static Optional<Visits> visits(Authorization authorization, String browser) {
    return switch (authorization.progress()) {
      case Progress.Begun() -> Optional.of(new Visits(browser, List.of()));
      case Progress.Visited(var visits) -> Optional.of(visits).filter(it -> it.isOf(browser));
      case Progress.Claimed _, Progress.Finished _ -> Optional.empty();
    };
  }

  private URI page(Client client, UpstreamState state, String verifier) {
    return grants.consentPage(
        client, state.reveal(), address.callback(), RandomTexts.sha256(verifier));
  }

  /**
   * Where the browser is sent.
   *
   * @param cookie what it must bring back
   */
  public record Consent(URI page, String cookie) {
    @Override
    public String toString() {
      return "Consent[redacted]";
    }
  }
}
