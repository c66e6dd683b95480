package tokenbroker.check;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.Upstream;

/**
 * The differences between two clients files.
 *
 * @param clients the changes of each client, in the order of the clients' names; none for a client
 *     that is the same in both files
 * @param upstreams the upstreams that have the same name but other values
 */
record PolicyDiff(List<ClientChange> clients, List<UpstreamChange> upstreams) {

  /**
   * A change of an upstream that clients use in both files.
   *
   * @param users how many clients use it
   */
  record UpstreamChange(Upstream before, Upstream after, int users) {}

  static PolicyDiff between(Policy old, Policy next) {
    var names = new TreeSet<>(old.clients().keySet());
    names.addAll(next.clients().keySet());
    var changes =
        names.stream()
            .filter(name -> !isSame(old, next, name))
            .map(name -> ClientChange.between(old.clients().get(name), next.clients().get(name)))
            .toList();
    return new PolicyDiff(
        changes.stream().filter(PolicyDiff::isOwnChange).toList(), upstreams(changes));
  }

  private static boolean isSame(Policy old, Policy next, ClientName name) {
    var before = old.clients().get(name);
    return before != null && before.equals(next.clients().get(name));
  }

  /** Returns whether the client differs in more than the values of its upstream. */
  private static boolean isOwnChange(ClientChange change) {
    var before = change.before();
    var after = change.after();
    return before == null
        || after == null
        || change.changesAccess()
        || !ClientSettings.changes(before, after).isEmpty();
  }

  private static List<UpstreamChange> upstreams(List<ClientChange> changes) {
    Map<String, UpstreamChange> byName = new LinkedHashMap<>();
    for (var change : changes) {
      var before = change.before() == null ? null : change.before().upstream();
      var after = change.after() == null ? null : change.after().upstream();
      if (before != null
          && after != null
          && before.name().equals(after.name())
          && !before.equals(after)) {
        byName.merge(
            after.name(),
            new UpstreamChange(before, after, 1),
            (one, other) -> new UpstreamChange(before, after, one.users() + 1));
      }
    }
    return List.copyOf(byName.values());
  }
}
