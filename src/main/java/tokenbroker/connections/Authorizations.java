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
 * The first half of the authorization-code flow (RFC 6749 §4.1), from a caller's request to the
 * upstream's consent page. {@link Callbacks} is the second half. Each step blocks for a bounded
 * time.
 */
@Singleton
public class Authorizations {

  /**
   * How often a visit is tried while other visits change the same authorization, as after fast
   * clicks.
   */
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

  /** Returns whether the flow is available, which requires a public address. */
  public boolean areOn() {
    return address.isSet();
  }

  /** Returns whether browsers reach the broker over TLS. */
  public boolean areSecure() {
    return address.isSecure();
  }

  /** The result of beginning an authorization. */
  public sealed interface Beginning {

    /**
     * The authorization began.
     *
     * @param address the link for the user's browser; whoever has it can carry the authorization
     *     out
     */
    record Begun(URI address) implements Beginning {
      @Override
      public String toString() {
        return "Begun[redacted]";
      }
    }

    /** The caller has begun too many authorizations for this client. */
    record TooMany(Duration retryAfter) implements Beginning {}
  }

  /**
   * Begins an authorization.
   *
   * @param client a client with credentials
   * @param returnTo one of the client's {@code return-to}
   * @param state the caller's own state, which the caller must present again to redeem the result
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
   * Sends a browser that follows an authorization's link to the upstream. The first browser owns
   * the authorization.
   *
   * @param cookie this browser's cookie from an earlier visit; null if it has none
   * @return empty if this browser has no such authorization
   */
  public Optional<Consent> visit(AuthorizationId id, @Nullable String cookie) {
    var browser = cookie != null && RandomTexts.isId(cookie) ? cookie : RandomTexts.id();
    var state = StateParameter.next(id.handle());
    return clients
        .find(id.client())
        .filter(client -> client.credentials().isPresent())
        .flatMap(
            client ->
                visited(client, state, RandomTexts.hashOf(browser))
                    .map(verifier -> new Consent(page(client, state, verifier), browser)));
  }

  /** Returns the code verifier; empty if this browser has no such authorization. */
  private Optional<String> visited(Client client, StateParameter state, String browser) {
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

  /** Returns this browser's earlier visits; empty if it may not visit. */
  private static Optional<Visits> visits(Authorization authorization, String browser) {
    return switch (authorization.progress()) {
      case Progress.Begun() -> Optional.of(new Visits(browser, List.of()));
      case Progress.Visited(var visits) -> Optional.of(visits).filter(it -> it.isOf(browser));
      case Progress.Claimed _, Progress.Finished _ -> Optional.empty();
    };
  }

  private URI page(Client client, StateParameter state, String verifier) {
    return grants.consentPage(
        client, state.reveal(), address.callback(), RandomTexts.sha256(verifier));
  }

  /**
   * The address to which the browser is sent.
   *
   * @param cookie the cookie that the browser must bring back
   */
  public record Consent(URI page, String cookie) {
    @Override
    public String toString() {
      return "Consent[redacted]";
    }
  }
}
