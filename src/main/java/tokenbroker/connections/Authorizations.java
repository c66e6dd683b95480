package tokenbroker.connections;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.inject.Singleton;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.config.BrokerConfig;
import tokenbroker.connections.Connection.State;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.Account;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.FetchResult.InvalidResponse;
import tokenbroker.tokens.FetchResult.Rejected;
import tokenbroker.tokens.FetchResult.TimedOut;
import tokenbroker.tokens.FetchResult.Unavailable;
import tokenbroker.tokens.RefreshToken;
import tokenbroker.tokens.StoreUnavailable;
import tokenbroker.tokens.TokenBroker;

/**
 * The authorization-code flow (RFC 6749 §4.1), from a caller's wish to a connection. Each step
 * blocks for a bounded time.
 */
@Singleton
public class Authorizations {

  private static final Logger LOG = Logger.getLogger(Authorizations.class);

  /** The errors of RFC 6749 §4.1.2.1: they go back as they are, others as a server_error. */
  private static final Set<String> ERRORS =
      Set.of(
          "invalid_request",
          "unauthorized_client",
          "access_denied",
          "unsupported_response_type",
          "invalid_scope",
          "server_error",
          "temporarily_unavailable");

  private static final String SERVER_ERROR = "server_error";
  private static final String UNAVAILABLE = "temporarily_unavailable";

  private final ClientDirectory clients;
  private final AuthorizationStore pending;
  private final ConnectionStore connections;
  private final UserGrants grants;
  private final TokenBroker broker;
  private final ConnectionRecords records;
  private final Clock clock;
  private final Optional<URI> publicUrl;

  Authorizations(
      ClientDirectory clients,
      AuthorizationStore pending,
      ConnectionStore connections,
      UserGrants grants,
      TokenBroker broker,
      ConnectionRecords records,
      Clock clock,
      BrokerConfig config) {
    this.clients = clients;
    this.pending = pending;
    this.connections = connections;
    this.grants = grants;
    this.broker = broker;
    this.records = records;
    this.clock = clock;
    this.publicUrl = config.connections().publicUrl();
  }

  /** Whether there is a public address, and so a flow. */
  public boolean areOn() {
    return publicUrl.isPresent();
  }

  /** Whether browsers reach the broker over TLS. */
  public boolean areSecure() {
    return "https".equals(base().getScheme());
  }

  /**
   * Begins; the address is for the user's browser.
   *
   * @param returnTo one of the client's
   */
  public URI begin(
      Client client, Caller caller, String returnTo, @Nullable String state, String traceId) {
    var id = AuthorizationId.next(client.name());
    pending.keep(new Authorization(id, returnTo, state, Randoms.verifier(), caller, traceId));
    return URI.create(base() + "/connect/" + id);
  }

  /**
   * A browser follows the address that {@link #begin} gave; empty where there is nothing to follow.
   *
   * @param cookie what this browser has from an earlier visit; null where it has nothing
   */
  public Optional<Consent> visit(AuthorizationId id, @Nullable String cookie) {
    var browser = cookie != null && Randoms.isId(cookie) ? cookie : Randoms.id();
    var client = clients.find(id.client()).filter(it -> it.credentials().isPresent());
    if (client.isEmpty()) {
      return Optional.empty();
    }
    return pending
        .bind(id, Randoms.sha256(browser))
        .map(
            authorization ->
                new Consent(
                    grants.consentPage(
                        client.get(),
                        id.toString(),
                        redirectUri(),
                        Randoms.sha256(authorization.verifier())),
                    browser));
  }

  /**
   * Where the browser is sent.
   *
   * @param cookie what it must bring back
   */
  public record Consent(URI page, String cookie) {}

  /**
   * The browser comes back with a code; gives where to send it. Empty where that cannot be known:
   * the authorization is used up, too old, another browser's, or its client is gone.
   */
  public Optional<URI> comeBackWith(AuthorizationId id, String code, @Nullable String cookie) {
    return take(id, cookie)
        .map(
            taken -> {
              try {
                return connect(taken, code);
              } catch (StoreUnavailable e) {
                LOG.warnf(
                    "A connection of %s could not be stored: %s", id.client(), e.getMessage());
                return failed(taken, UNAVAILABLE);
              }
            });
  }

  /** The browser comes back with an error of the upstream's; as {@link #comeBackWith}. */
  public Optional<URI> comeBackWithout(AuthorizationId id, String error, @Nullable String cookie) {
    return take(id, cookie)
        .map(taken -> failed(taken, ERRORS.contains(error) ? error : SERVER_ERROR));
  }

  private Optional<Taken> take(AuthorizationId id, @Nullable String cookie) {
    if (cookie == null || !Randoms.isId(cookie)) {
      return Optional.empty();
    }
    var client = clients.find(id.client()).filter(it -> it.credentials().isPresent());
    return client.flatMap(
        it ->
            pending
                .take(id, Randoms.sha256(cookie))
                .filter(authorization -> it.returnTo().contains(authorization.returnTo()))
                .map(authorization -> new Taken(it, authorization)));
  }

  private URI connect(Taken taken, String code) {
    var result = grants.exchange(taken.client, code, redirectUri(), taken.authorization.verifier());
    return switch (result) {
      case Fetched(var token, var refreshToken) when refreshToken != null ->
          connected(taken, token, refreshToken);
      case Fetched _, InvalidResponse _, Rejected _ -> failed(taken, SERVER_ERROR);
      case Unavailable _, TimedOut _ -> failed(taken, UNAVAILABLE);
    };
  }

  private URI connected(Taken taken, AccessToken token, RefreshToken refreshToken) {
    var client = taken.client.name();
    var id = idFor(taken.client, token);
    var account = new Account(client, id);
    connections.put(
        client,
        new Connection(
            id,
            token.userId(),
            token.userEmail(),
            State.ACTIVE,
            clock.instant(),
            token.life().requestedAt().plus(token.lifetime()),
            token.provenance()),
        refreshToken);
    broker.serve(account, token);
    records.connected(
        taken.authorization.asked(), account, token.id(), taken.authorization.traceId());
    return taken.back("connection", id.value());
  }

  private URI failed(Taken taken, String error) {
    records.notConnected(
        taken.authorization.asked(),
        Account.of(taken.client.name()),
        error,
        taken.authorization.traceId());
    return taken.back("error", error);
  }

  /** The same for the same user of a client, so that who connects twice has one connection. */
  private static ConnectionId idFor(Client client, AccessToken token) {
    var user = token.userId() != null ? token.userId() : token.userEmail();
    return new ConnectionId(
        user == null ? Randoms.id() : Randoms.idOf("connection", client.name().value(), user));
  }

  private URI redirectUri() {
    return URI.create(base() + "/oauth/callback");
  }

  private URI base() {
    return publicUrl.orElseThrow(
        () -> new IllegalStateException("broker.connections.public-url is not set"));
  }

  private record Taken(Client client, Authorization authorization) {

    URI back(String name, String value) {
      var address = authorization.returnTo();
      var state = authorization.state();
      return URI.create(
          address
              + (address.contains("?") ? "&" : "?")
              + name
              + "="
              + value
              + (state == null ? "" : "&state=" + URLEncoder.encode(state, UTF_8)));
    }
  }
}
