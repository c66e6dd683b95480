package tokenbroker.connections;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Authorizations of one process. */
public final class MemoryAuthorizationStore implements AuthorizationStore {

  private final Clock clock;
  private final Map<AuthorizationId, Kept> kept = new HashMap<>();

  private record Kept(Authorization authorization, Instant until, @Nullable String browser) {}

  public MemoryAuthorizationStore(Clock clock) {
    this.clock = clock;
  }

  @Override
  public synchronized void keep(Authorization authorization) {
    var now = clock.instant();
    kept.values().removeIf(old -> !now.isBefore(old.until));
    kept.put(authorization.id(), new Kept(authorization, now.plus(Authorization.LIFE), null));
  }

  @Override
  public synchronized Optional<Authorization> bind(AuthorizationId id, String browser) {
    var found = alive(id);
    if (found == null || (found.browser != null && !found.browser.equals(browser))) {
      return Optional.empty();
    }
    kept.put(id, new Kept(found.authorization, found.until, browser));
    return Optional.of(found.authorization);
  }

  @Override
  public synchronized Optional<Authorization> take(AuthorizationId id, String browser) {
    var found = alive(id);
    if (found == null || !browser.equals(found.browser)) {
      return Optional.empty();
    }
    kept.remove(id);
    return Optional.of(found.authorization);
  }

  private @Nullable Kept alive(AuthorizationId id) {
    var found = kept.get(id);
    return found != null && clock.instant().isBefore(found.until) ? found : null;
  }
}
