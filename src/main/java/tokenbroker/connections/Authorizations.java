package tokenbroker.connections;

import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.tokens.Provenance;

/**
 * The first half of the authorization-code flow (RFC 6749 §4.1): from a caller's wish to the
 * upstream's consent page. {@link Callbacks} is the second half. Each step blocks for a bounded
 * time.
 */
@Singleton
public class Authorizations {

  private final ClientDirectory clients;
  private final AuthorizationStore pending;
  private final UserGrants grants;
  private final PublicAddress address;

  Authorizations(
      ClientDirectory clients,
      AuthorizationStore pending,
      UserGrants grants,
      PublicAddress address) {
    this.clients = clients;
    this.pending = pending;
    this.grants = grants;
    this.address = address;
  }

  /** Whether there is a public address, and so a flow. */
  public boolean areOn() {
    return address.isSet();
  }

  /** Whether browsers reach the broker over TLS. */
  public boolean areSecure() {
    return address.isSecure();
  }

  /**
   * Begins; the address is for the user's browser.
   *
   * @param client has credentials
   * @param returnTo one of the client's
   */
  public URI begin(
      Client client, Caller caller, String returnTo, @Nullable String state, String traceId) {
    var id = AuthorizationId.next(client.name());
    pending.keep(
        new Authorization(
            id,
            returnTo,
            state,
            Randoms.verifier(),
            caller,
            traceId,
            Provenance.ofConnections(client)));
    return address.linkTo(id);
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
        .filter(authorization -> authorization.provenance().isOfConnectionsOf(client.get()))
        .map(
            authorization ->
                new Consent(
                    grants.consentPage(
                        client.get(),
                        id.toString(),
                        address.callback(),
                        Randoms.sha256(authorization.verifier())),
                    browser));
  }

  /**
   * Where the browser is sent.
   *
   * @param cookie what it must bring back
   */
  public record Consent(URI page, String cookie) {}
}
