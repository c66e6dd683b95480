package tokenbroker.tokens;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientName;
import tokenbroker.time.LastHour;
import tokenbroker.time.Moment;
import tokenbroker.tokens.FailureCause.OAuthError;

/** The outcomes of this process's recent fetches: the last failures, and which credentials work. */
@Singleton
public class RecentOutcomes {

  /** The maximum number of failures, of about 550 bytes each: 3 MB. */
  private static final int MOST_FAILURES = 5_000;

  /** How long a failure is kept; longer than any delay between two attempts. */
  private static final Duration REMEMBERED = Duration.ofHours(1);

  /** How long a failure is still reported after its next attempt was due, if nobody has made it. */
  private static final Duration MATTERS_FOR = Duration.ofMinutes(1);

  /**
   * The last failure of each owner, until a fetch succeeds. Bounded, because connections come and
   * go.
   */
  private final Cache<TokenOwner, UpstreamFailure> failures =
      Caffeine.newBuilder()
          .maximumSize(MOST_FAILURES)
          .expireAfterWrite(REMEMBERED)
          .executor(Runnable::run)
          .build();

  private final Map<ClientName, ClientOutcomes> clients = new ConcurrentHashMap<>();

  /** The fetches for each client and its connections, successful or not. */
  private final Map<ClientName, LastHour> fetches = new ConcurrentHashMap<>();

  private final List<Consumer<ClientName>> refusedListeners = new CopyOnWriteArrayList<>();

  /**
   * The outcomes of one client across its owners. A version identifies a set of credentials.
   *
   * @param lastSuccess when the client's own token was last requested successfully, by the wall
   *     clock
   * @param ownVersion the credentials that last fetched the client's own token
   * @param connectionVersion the credentials that last fetched a connection's token
   * @param refusedVersion the credentials that the upstream rejected last
   */
  private record ClientOutcomes(
      @Nullable Instant lastSuccess,
      @Nullable String ownVersion,
      @Nullable String connectionVersion,
      @Nullable String refusedVersion) {

    static final ClientOutcomes NONE = new ClientOutcomes(null, null, null, null);

    boolean hasSucceededWith(String version) {
      return version.equals(ownVersion) || version.equals(connectionVersion);
    }

    ClientOutcomes succeeded(boolean connection, Instant at, String version) {
      return new ClientOutcomes(
          connection ? lastSuccess : at,
          connection ? ownVersion : version,
          connection ? version : connectionVersion,
          version.equals(refusedVersion) ? null : refusedVersion);
    }

    ClientOutcomes seen(Instant at) {
      return lastSuccess != null && at.isBefore(lastSuccess)
          ? this
          : new ClientOutcomes(at, ownVersion, connectionVersion, refusedVersion);
    }

    ClientOutcomes refused(String version) {
      return new ClientOutcomes(lastSuccess, ownVersion, connectionVersion, version);
    }
  }

  /**
   * Registers a listener for each rejection of a client's credentials. The listener must return
   * quickly.
   */
  public void onCredentialsRefused(Consumer<ClientName> listener) {
    refusedListeners.add(listener);
  }

  /** Records that this replica fetched this token. */
  void succeeded(TokenOwner owner, AccessToken token) {
    failures.invalidate(owner);
    count(owner, token.life().requested());
    clients.compute(
        owner.client(),
        (name, known) ->
            orNone(known)
                .succeeded(
                    owner.isConnection(),
                    token.life().requestedAt(),
                    token.provenance().credentialsVersion()));
  }

  /** Records that another replica fetched this token. */
  void seen(TokenOwner owner, AccessToken token) {
    failureOf(owner)
        .filter(failure -> failure.at().isBefore(token.life().requested()))
        .ifPresent(disproved -> failures.invalidate(owner));
    if (!owner.isConnection()) {
      clients.compute(
          owner.client(), (name, known) -> orNone(known).seen(token.life().requestedAt()));
    }
  }

  /** Records a failure that another replica stored. */
  void heard(TokenOwner owner, UpstreamFailure failure) {
    failures.put(owner, failure);
  }

  void failed(TokenOwner owner, UpstreamFailure failure) {
    failures.put(owner, failure);
    count(owner, failure.at());
    if (refusesCredentials(owner, failure)) {
      clients.compute(
          owner.client(),
          (name, known) -> orNone(known).refused(failure.provenance().credentialsVersion()));
      refusedListeners.forEach(listener -> listener.accept(owner.client()));
    }
  }

  private void count(TokenOwner owner, Moment at) {
    fetches.computeIfAbsent(owner.client(), client -> new LastHour(at)).add(at);
  }

  /**
   * Returns how many fetches this replica made in the last hour for the client and its connections.
   */
  long fetchesInLastHour(ClientName client, Moment now) {
    var counted = fetches.get(client);
    return counted == null ? 0 : counted.sum(now);
  }

  /**
   * Returns whether the error is about the credentials. Keycloak returns {@code
   * unauthorized_client} for a wrong secret. Other servers return it if this client may not use
   * this grant. That tells nothing about the credentials if this grant never worked and the other
   * grant does.
   */
  private boolean refusesCredentials(TokenOwner owner, UpstreamFailure failure) {
    if (failure.cause() != OAuthError.UNAUTHORIZED_CLIENT) {
      return failure.cause() == OAuthError.INVALID_CLIENT;
    }
    var known = orNone(clients.get(owner.client()));
    var version = failure.provenance().credentialsVersion();
    var thisGrant = owner.isConnection() ? known.connectionVersion : known.ownVersion;
    return version.equals(thisGrant) || !known.hasSucceededWith(version);
  }

  /** Returns whether the client's current credentials work, as far as is known. */
  boolean areWorking(Client client) {
    var refused = orNone(clients.get(client.name())).refusedVersion;
    return client.credentials().filter(used -> used.version().equals(refused)).isEmpty();
  }

  Optional<UpstreamFailure> failureOf(TokenOwner owner) {
    return Optional.ofNullable(failures.getIfPresent(owner));
  }

  /**
   * Returns the last failure that applies to the client's current configuration and credentials;
   * null if there is none. A failure is returned until a while after its next attempt was due.
   */
  @Nullable UpstreamFailure lastingFailure(Client client, TokenOwner owner, Moment now) {
    return failureOf(owner)
        .filter(failure -> failure.provenance().isOf(client, owner))
        .filter(failure -> failure.provenance().isWithCredentialsOf(client))
        .filter(failure -> now.isBefore(failure.retryAt().plus(MATTERS_FOR)))
        .orElse(null);
  }

  /** Returns when the client's own token was last requested successfully; null if unknown. */
  @Nullable Instant lastSuccess(ClientName client) {
    return orNone(clients.get(client)).lastSuccess;
  }

  void forget(TokenOwner owner) {
    failures.invalidate(owner);
    if (!owner.isConnection()) {
      clients.remove(owner.client());
      fetches.remove(owner.client());
    }
  }

  private static ClientOutcomes orNone(@Nullable ClientOutcomes known) {
    return known == null ? ClientOutcomes.NONE : known;
  }
}
