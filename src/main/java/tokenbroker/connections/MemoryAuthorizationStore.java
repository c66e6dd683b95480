package tokenbroker.connections;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/** The authorizations of one process. */
public final class MemoryAuthorizationStore implements AuthorizationStore {

  private final Ticker ticker;
  private final Map<AuthorizationId, Kept> kept = new HashMap<>();

  /**
   * @param browser null until a browser follows the link
   * @param claimedUntil null until the browser comes back
   * @param outcome null until the authorization was carried out
   */
  private record Kept(
      Authorization authorization,
      Moment until,
      @Nullable String browser,
      @Nullable Moment claimedUntil,
      @Nullable Outcome outcome) {

    Kept boundTo(String browser) {
      return new Kept(authorization, until, browser, claimedUntil, outcome);
    }

    Kept claimedUntil(Moment limit) {
      return new Kept(authorization, until, browser, limit, outcome);
    }

    Kept finished(Outcome outcome, Moment until) {
      return new Kept(authorization, until, browser, claimedUntil, outcome);
    }
  }

  public MemoryAuthorizationStore(Ticker ticker) {
    this.ticker = ticker;
  }

  @Override
  public synchronized void keep(Authorization authorization) {
    var now = ticker.now();
    kept.values().removeIf(old -> !now.isBefore(old.until));
    kept.put(
        authorization.id(),
        new Kept(authorization, now.plus(Authorization.LIFE), null, null, null));
  }

  @Override
  public synchronized Optional<Authorization> bind(AuthorizationId id, String browser) {
    var found = alive(id);
    if (found == null
        || found.claimedUntil != null
        || (found.browser != null && !found.browser.equals(browser))) {
      return Optional.empty();
    }
    kept.put(id, found.boundTo(browser));
    return Optional.of(found.authorization);
  }

  @Override
  public synchronized Claim claim(AuthorizationId id, String browser, Duration limit) {
    var found = alive(id);
    if (found == null || !browser.equals(found.browser)) {
      return new Claim.Absent();
    }
    if (found.outcome != null) {
      return new Claim.Finished(found.authorization, found.outcome);
    }
    var now = ticker.now();
    if (found.claimedUntil == null) {
      kept.put(id, found.claimedUntil(now.plus(limit)));
      return new Claim.First(found.authorization);
    }
    return now.isBefore(found.claimedUntil) ? new Claim.UnderWay() : new Claim.Abandoned();
  }

  @Override
  public synchronized void finish(AuthorizationId id, String browser, Outcome outcome) {
    var found = alive(id);
    if (found != null && browser.equals(found.browser)) {
      kept.put(id, found.finished(outcome, ticker.now().plus(Authorization.LIFE)));
    }
  }

  private @Nullable Kept alive(AuthorizationId id) {
    var found = kept.get(id);
    return found != null && ticker.now().isBefore(found.until) ? found : null;
  }
}
