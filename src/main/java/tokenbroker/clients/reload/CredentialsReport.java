package tokenbroker.clients.reload;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.ClientDirectory.Entry;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.CredentialsFault;
import tokenbroker.clients.CredentialsFault.Kind;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/**
 * Tells operators once of each fault of credentials. Missing credentials may only be late:
 * Kubernetes brings a changed ConfigMap and a changed Secret into a pod one after the other, in any
 * order. So when a client is added or removed, its credentials are often missing for a minute. Not
 * thread-safe.
 */
final class CredentialsReport {

  static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Logger LOG = Logger.getLogger(ClientDirectoryReload.class);
  private static final int MOST_IN_ONE_LINE = 100;

  private final ClientDirectory directory;
  private final Ticker ticker;
  private final Map<ClientName, Moment> missingSince = new HashMap<>();

  CredentialsReport(ClientDirectory directory, Ticker ticker) {
    this.directory = directory;
    this.ticker = ticker;
  }

  /**
   * Tells what is new in these entries, before they replace those of the directory.
   *
   * @return whether it told of a fault; missing credentials that may be late are none yet
   */
  boolean tell(List<Entry> entries) {
    missingSince.keySet().retainAll(missing(entries));
    var faults = new ArrayList<String>();
    var awaited = new ArrayList<String>();
    for (var entry : entries) {
      var problem = entry.problem();
      if (problem == null) {
        continue;
      }
      var client = entry.client();
      var line = client.name() + ": " + problem.message();
      if (mayBeLate(client, problem)) {
        missingSince.putIfAbsent(client.name(), ticker.now());
        awaited.add(line);
      } else if (isNew(client, problem) || isOverdue(client.name())) {
        faults.add(line);
      }
    }
    log(awaited, faults);
    return !faults.isEmpty();
  }

  private static Set<ClientName> missing(List<Entry> entries) {
    var missing = new HashSet<ClientName>();
    for (var entry : entries) {
      var problem = entry.problem();
      if (problem != null && problem.kind() == Kind.MISSING) {
        missing.add(entry.client().name());
      }
    }
    return missing;
  }

  /** Returns whether to wait. At the start, both volumes are complete, so nothing is late. */
  private boolean mayBeLate(Client client, CredentialsFault problem) {
    return problem.kind() == Kind.MISSING && directory.isLoaded() && isNew(client, problem);
  }

  /** Returns whether the directory does not have this fault yet. */
  boolean isNew(Client client, CredentialsFault problem) {
    return !problem.equals(directory.problem(client.name()).orElse(null));
  }

  /** Returns whether the client's credentials have just become overdue. */
  private boolean isOverdue(ClientName client) {
    var since = missingSince.get(client);
    return since != null
        && since.until(ticker.now()).compareTo(PATIENCE) >= 0
        && missingSince.remove(client, since);
  }

  private static void log(List<String> awaited, List<String> faults) {
    if (!awaited.isEmpty()) {
      LOG.infof(
          "Credentials are missing, which is a fault unless they arrive within %d s: %s",
          PATIENCE.toSeconds(), inOneLine(awaited));
    }
    if (!faults.isEmpty()) {
      LOG.warnf(
          "Secrets have faults, so the broker keeps the credentials in use: %s", inOneLine(faults));
    }
  }

  /** Joins the first faults, and says how many more there are. */
  static String inOneLine(List<?> faults) {
    var line =
        faults.stream()
            .limit(MOST_IN_ONE_LINE)
            .map(Object::toString)
            .collect(Collectors.joining("; "));
    var more = faults.size() - MOST_IN_ONE_LINE;
    return more > 0 ? line + "; and " + more + " more" : line;
  }
}
