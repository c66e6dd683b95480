package tokenbroker.connections;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import tokenbroker.callers.Caller;
import tokenbroker.tokens.Provenance;

/**
 * An authorization under way (RFC 6749 §4.1): a caller asked for it, a browser carries it out.
 *
 * @param returnTo the address where the browser goes in the end; one of the client's {@code
 *     return-to}
 * @param state the caller's own, which it must give again to redeem the result
 * @param verifier the code verifier (RFC 7636 §4.1)
 * @param asked the caller that asked
 * @param traceId the trace of the request that asked
 * @param provenance the server and the TrackMage client that the user is asked about; the code goes
 *     nowhere else
 * @param progress how far it is
 * @param expiresAt its end by the clock of the replica that kept it; bounds what the store says
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

  /** The time from the caller's request to the browser's return, and again until a reload. */
  public static final Duration LIFE = Duration.ofMinutes(10);

  /** How far an authorization is. Each state follows the one before, and none comes back. */
  public sealed interface Progress {

    /** No browser has followed the address. */
    record Begun() implements Progress {}

    /** A browser is at the upstream. */
    record Visited(Visits visits) implements Progress {}

    /** A callback is being carried out. It will never be carried out again. */
    record Claimed(Visits visits) implements Progress {}

    /** The callback was carried out. */
    record Finished(Visits visits, Outcome outcome) implements Progress {}
  }

  /**
   * The visits of the one browser that an authorization belongs to.
   *
   * @param browser a hash of what its cookie holds
   * @param states hashes of the latest states that were sent to the upstream, the newest last
   */
  public record Visits(String browser, List<String> states) {

    /** Tabs of one browser that may be at the upstream at the same time. */
    private static final int MOST = 4;

    Visits and(UpstreamState state) {
      var all = Stream.concat(states.stream(), Stream.of(state.hash())).toList();
      return new Visits(browser, all.subList(Math.max(0, all.size() - MOST), all.size()));
    }

    boolean isOf(String otherBrowser) {
      return browser.equals(otherBrowser);
    }

    boolean include(String otherBrowser, UpstreamState state) {
      return isOf(otherBrowser) && states.contains(state.hash());
    }
  }

  /**
   * The parameter that tells the service what became of its authorization.
   *
   * @param value an OAuth error, or a secret
   */
  public record Outcome(String parameter, String value) {
    @Override
    public String toString() {
      return "Outcome[" + parameter + "]";
    }
  }

  /** Names the caller that asked: 128 bits in base64url. */
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
