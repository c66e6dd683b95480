package tokenbroker.connections;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import tokenbroker.callers.Caller;
import tokenbroker.tokens.Provenance;

/**
 * An authorization in progress (RFC 6749 §4.1): a caller requested it, a browser carries it out.
 *
 * @param returnTo the address where the browser goes at the end; one of the client's {@code
 *     return-to}
 * @param state the caller's own state, which the caller must present again to redeem the result
 * @param verifier the code verifier (RFC 7636 §4.1)
 * @param asked the caller that requested it
 * @param traceId the trace of the caller's request
 * @param provenance the server and TrackMage client that the user is asked about; the code is sent
 *     to no other
 * @param progress the current progress
 * @param expiresAt when it expires, by the clock of the replica that stored it. It limits the
 *     lifetime that the store reports
 */
public record Authorization(
    String returnTo,
    String state,
    String verifier,
    Caller asked,
    String traceId,
    Provenance provenance,
    Progress progress,
    Instant expiresAt) {

  /**
   * The time from the caller's request to the browser's return. A finished authorization is kept as
   * long again, for a reload.
   */
  public static final Duration LIFE = Duration.ofMinutes(10);

  /** The progress of an authorization. The states follow in this order, and none occurs again. */
  public sealed interface Progress {

    /** No browser has followed the link yet. */
    record Begun() implements Progress {}

    /** A browser is at the upstream. */
    record Visited(Visits visits) implements Progress {}

    /** A callback is being processed. No callback will process the authorization again. */
    record Claimed(Visits visits) implements Progress {}

    /** The callback was processed. */
    record Finished(Visits visits, ResultParameter outcome) implements Progress {}
  }

  /**
   * The visits of the one browser that owns an authorization.
   *
   * @param browser a hash of the value of the browser's cookie
   * @param states hashes of the latest states that were sent to the upstream, the newest last
   */
  public record Visits(String browser, List<String> states) {

    /** How many tabs of one browser may be at the upstream at the same time. */
    private static final int MOST = 4;

    Visits and(StateParameter state) {
      var all = Stream.concat(states.stream(), Stream.of(state.hash())).toList();
      return new Visits(browser, all.subList(Math.max(0, all.size() - MOST), all.size()));
    }

    boolean isOf(String otherBrowser) {
      return browser.equals(otherBrowser);
    }

    boolean include(String otherBrowser, StateParameter state) {
      return isOf(otherBrowser) && states.contains(state.hash());
    }
  }

  /**
   * The parameter that tells the service the outcome of its authorization.
   *
   * @param value an OAuth error, or a secret
   */
  public record ResultParameter(String parameter, String value) {
    @Override
    public String toString() {
      return "Outcome[" + parameter + "]";
    }
  }

  /** Returns a hash that identifies the caller: 128 bits in base64url. */
  public String callerHash() {
    return RandomTexts.hashOf(asked.issuer() + "\n" + asked.subject());
  }

  Authorization in(Progress next, Instant end) {
    return new Authorization(returnTo, state, verifier, asked, traceId, provenance, next, end);
  }

  Authorization in(Progress next) {
    return in(next, expiresAt);
  }

  @Override
  public String toString() {
    return "Authorization[progress=" + progress.getClass().getSimpleName() + "]";
  }
}
