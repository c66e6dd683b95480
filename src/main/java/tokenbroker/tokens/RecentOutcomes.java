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
import tokenbroker.time.Moment;
import tokenbroker.tokens.FailureCause.OAuthError;

/** What this process remembers of its fetches: the last failures, and whose credentials work. */
@Singleton
public class RecentOutcomes {

  /** Some 550 bytes each: 3 MB. */
  private static final int MOST_FAILURES = 5_000;

  /** Longer than any pause between two attempts. */
  private static final Duration REMEMBERED = Duration.ofHours(1);

  /** How long a failure is told after the next attempt was due, if nobody has made it. */
  private static final Duration MATTERS_FOR = Duration.ofMinutes(1);

  /** Of each account, as long as no fetch has disproved it. Connections come and go: bounded. */
  private final Cache<Account, UpstreamFailure> failures =
      Caffeine.newBuilder()
          .maximumSize(MOST_FAILURES)
          .expireAfterWrite(REMEMBERED)
          .executor(Runnable::run)
          .build();

  private final Map<ClientName, ClientOutcomes> clients = new ConcurrentHashMap<>();
  private final List<Consumer<ClientName>> refusedListeners = new CopyOnWriteArrayList<>();

  /**
   * What is known of one client, across its accounts. A version names credentials.
   *
   * @param lastSuccess of the client's own tokens, by the wall clock
   * @param ownVersion what last got the client's own token
   * @param connectionVersion what last got a connection's token
   * @param refusedVersion what the upstream refused last
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

  /** Tells of each refusal of credentials in use. The listener must be quick. */
  public void onCredentialsRefused(Consumer<ClientName> listener) {
    refusedListeners.add(listener);
  }

  /** A fetch of this replica brought this token. */
  void succeeded(Account account, AccessToken token) {
    failures.invalidate(account);
    clients.compute(
        account.client(),
        (name, known) ->
            orNone(known)
                .succeeded(
                    account.isConnection(),
                    token.life().requestedAt(),
                    token.provenance().credentialsVersion()));
  }

  /** Another replica fetched this token. */
  void seen(Account account, AccessToken token) {
    failureOf(account)
        .filter(failure -> failure.at().isBefore(token.life().requested()))
        .ifPresent(disproved -> failures.invalidate(account));
    if (!account.isConnection()) {
      clients.compute(
          account.client(), (name, known) -> orNone(known).seen(token.life().requestedAt()));
    }
  }

  void failed(Account account, UpstreamFailure failure) {
    failures.put(account, failure);
    if (refusesCredentials(account, failure)) {
      clients.compute(
          account.client(),
          (name, known) -> orNone(known).refused(failure.provenance().credentialsVersion()));
      refusedListeners.forEach(listener -> listener.accept(account.client()));
    }
  }

  /**
   * Whether the error is about the credentials. {@code unauthorized_client} is Keycloak's word for
   * a wrong secret; elsewhere it means that this client may not use this grant, which is no news if
   * the grant never worked while the other one does.
   */
  private boolean refusesCredentials(Account account, UpstreamFailure failure) {
    if (failure.cause() != OAuthError.UNAUTHORIZED_CLIENT) {
      return failure.cause() == OAuthError.INVALID_CLIENT;
    }
    var known = orNone(clients.get(account.client()));
    var version = failure.provenance().credentialsVersion();
    var thisGrant = account.isConnection() ? known.connectionVersion : known.ownVersion;
    return version.equals(thisGrant) || !known.hasSucceededWith(version);
  }

  /** Whether the credentials that the client uses work, as far as is known. */
  boolean areWorking(Client client) {
    var refused = orNone(clients.get(client.name())).refusedVersion;
    return client.credentials().filter(used -> used.version().equals(refused)).isEmpty();
  }

  Optional<UpstreamFailure> failureOf(Account account) {
    return Optional.ofNullable(failures.getIfPresent(account));
  }

  /**
   * Returns the last failure of what the client asks for now, for a while beyond the next attempt;
   * null if there is none.
   */
  @Nullable UpstreamFailure lastingFailure(Client client, Account account, Moment now) {
    return failureOf(account)
        .filter(failure -> failure.provenance().isOf(client, account))
        .filter(failure -> failure.provenance().isWithCredentialsOf(client))
        .filter(failure -> now.isBefore(failure.retryAt().plus(MATTERS_FOR)))
        .orElse(null);
  }

  /** Returns when a token of the client's own was last requested with success; null if unknown. */
  @Nullable Instant lastSuccess(ClientName client) {
    return orNone(clients.get(client)).lastSuccess;
  }

  void forget(Account account) {
    failures.invalidate(account);
    if (!account.isConnection()) {
      clients.remove(account.client());
    }
  }

  private static ClientOutcomes orNone(@Nullable ClientOutcomes known) {
    return known == null ? ClientOutcomes.NONE : known;
  }
}
