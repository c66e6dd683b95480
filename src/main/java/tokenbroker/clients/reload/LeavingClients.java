package tokenbroker.clients.reload;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientName;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/**
 * The clients that are no longer in the clients file. Their removal deletes tokens, so it is slower
 * than an addition. A client stays until the file has lacked it for {@link #GRACE}. To end a
 * caller's access at once, the operator removes the caller from the client. Not thread-safe.
 */
final class LeavingClients {

  static final Duration GRACE = Duration.ofSeconds(30);

  private static final Logger LOG = Logger.getLogger(ClientDirectoryReload.class);
  private static final int FEW = 4;
  private static final int MOST_NAMES = 20;

  private final Path file;
  private final Ticker ticker;
  private final Map<ClientName, Moment> missingSince = new LinkedHashMap<>();

  LeavingClients(Path file, Ticker ticker) {
    this.file = file;
    this.ticker = ticker;
  }

  boolean contains(ClientName client) {
    return missingSince.containsKey(client);
  }

  /**
   * Returns the clients of a new file, followed by the former clients that are missing in it.
   * Clients that have been missing for long enough are left out.
   */
  Map<ClientName, Client> keepMissing(
      Map<ClientName, Client> before, Map<ClientName, Client> file) {
    missingSince.keySet().removeAll(file.keySet());
    var all = new LinkedHashMap<>(file);
    before.forEach(all::putIfAbsent);
    var missing =
        before.keySet().stream()
            .filter(client -> !file.containsKey(client) && !contains(client))
            .toList();
    missing.forEach(client -> missingSince.put(client, ticker.now()));
    if (!missing.isEmpty()) {
      tell(missing, before.size(), file.size());
    }
    return release(all);
  }

  /** Returns the clients without those that have been missing for long enough. */
  Map<ClientName, Client> release(Map<ClientName, Client> clients) {
    var now = ticker.now();
    var gone =
        missingSince.entrySet().stream()
            .filter(entry -> entry.getValue().until(now).compareTo(GRACE) >= 0)
            .map(Map.Entry::getKey)
            .toList();
    if (gone.isEmpty()) {
      return clients;
    }
    missingSince.keySet().removeAll(gone);
    var left = new LinkedHashMap<>(clients);
    left.keySet().removeAll(gone);
    LOG.infof("Clients removed with their tokens: %d (%s)", gone.size(), names(gone));
    return left;
  }

  private void tell(List<ClientName> missing, int before, int now) {
    var message =
        "%d of %d clients are missing in %s. The broker will remove them and their tokens in %d s unless they reappear: %s"
            .formatted(missing.size(), before, file, GRACE.toSeconds(), names(missing));
    if (now == 0 || (before >= FEW && missing.size() > before / 2)) {
      LOG.warn(message + " (the file may be incomplete)");
    } else {
      LOG.info(message);
    }
  }

  private static String names(Collection<ClientName> clients) {
    var names =
        clients.stream().limit(MOST_NAMES).map(ClientName::value).collect(Collectors.joining(", "));
    return clients.size() > MOST_NAMES ? names + ", ..." : names;
  }
}
