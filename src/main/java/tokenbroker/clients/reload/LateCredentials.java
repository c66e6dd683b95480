package tokenbroker.clients.reload;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tokenbroker.clients.ClientDirectory.Entry;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.CredentialsFault;
import tokenbroker.clients.CredentialsFault.Kind;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/**
 * Credentials that are missing and may only be late. Kubernetes brings a changed ConfigMap and a
 * changed Secret into a pod one after the other, in any order. So when a client is added or
 * removed, its credentials are often missing for a minute, which is no fault. Not thread-safe.
 */
final class LateCredentials {

  static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Ticker ticker;
  private final Map<ClientName, Moment> missingSince = new HashMap<>();

  LateCredentials(Ticker ticker) {
    this.ticker = ticker;
  }

  /** What to do about a fault of credentials. */
  enum Reaction {
    AWAIT,
    REPORT,
    NOTHING_NEW
  }

  /**
   * Decides what to do about a fault.
   *
   * @param isNew whether the last look did not find this fault
   * @param isRunning false during the start, when both volumes are complete
   */
  Reaction look(ClientName client, CredentialsFault fault, boolean isNew, boolean isRunning) {
    if (isNew && isRunning && fault.kind() == Kind.MISSING) {
      missingSince.putIfAbsent(client, ticker.now());
      return Reaction.AWAIT;
    }
    return isNew || isOverdue(client) ? Reaction.REPORT : Reaction.NOTHING_NEW;
  }

  /** Returns whether the client's credentials have just become overdue. */
  private boolean isOverdue(ClientName client) {
    var since = missingSince.get(client);
    return since != null
        && since.until(ticker.now()).compareTo(PATIENCE) >= 0
        && missingSince.remove(client, since);
  }

  /** Forgets all clients but those whose credentials are still missing. */
  void retain(List<Entry> entries) {
    if (!missingSince.isEmpty()) {
      missingSince
          .keySet()
          .retainAll(
              entries.stream()
                  .filter(LateCredentials::isMissing)
                  .map(entry -> entry.client().name())
                  .collect(Collectors.toSet()));
    }
  }

  private static boolean isMissing(Entry entry) {
    var problem = entry.problem();
    return problem != null && problem.kind() == Kind.MISSING;
  }
}
