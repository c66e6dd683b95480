package tokenbroker.connections;

import java.time.Duration;
import java.util.Optional;

/**
 * The store of authorizations under way and of their outcomes. Both expire {@link
 * Authorization#LIFE} after they were kept. Every method blocks for a bounded time and throws
 * {@link tokenbroker.tokens.StoreUnavailable} if the store does not answer.
 */
public interface AuthorizationStore {

  void keep(Authorization authorization);

  /**
   * Binds the authorization to this browser. Empty if there is none, if it belongs to another
   * browser, or if it was claimed.
   *
   * @param browser the hash of what the browser's cookie holds
   */
  Optional<Authorization> bind(AuthorizationId id, String browser);

  /**
   * Claims the authorization of this browser. The first call wins; it must call {@link #finish}
   * before the limit.
   */
  Claim claim(AuthorizationId id, String browser, Duration limit);

  /**
   * Keeps the outcome of a claimed authorization; does nothing if the authorization has expired.
   */
  void finish(AuthorizationId id, String browser, Outcome outcome);

  /** What a browser finds that comes back. */
  sealed interface Claim {

    /** Nobody came back before: this caller carries the authorization out. */
    record First(Authorization authorization) implements Claim {}

    /** Somebody else is carrying it out. */
    record UnderWay() implements Claim {}

    /** It was carried out. */
    record Finished(Authorization authorization, Outcome outcome) implements Claim {}

    /** Whoever claimed it let the limit pass: nobody knows what the upstream did. */
    record Abandoned() implements Claim {}

    /** There is none, or it belongs to another browser. */
    record Absent() implements Claim {}
  }

  /**
   * The parameter that tells the service what became of its authorization.
   *
   * @param value may be a secret
   */
  record Outcome(String parameter, String value) {
    @Override
    public String toString() {
      return "Outcome[" + parameter + "]";
    }
  }
}
