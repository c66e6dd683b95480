package tokenbroker.clients.file;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.yaml.snakeyaml.nodes.Node;

/** Collects the faults of one file, so that they can be reported all at once. */
final class Faults {

  /**
   * The maximum number of faults. Nobody reads more, and an alias may repeat a fault without end.
   */
  private static final int MOST = 1_000;

  private final Set<Fault> faults = new LinkedHashSet<>();
  private boolean more;

  void add(Node at, String message) {
    if (faults.size() == MOST) {
      more = true;
      return;
    }
    faults.add(new Fault(lineOf(at), message));
  }

  static int lineOf(Node node) {
    return node.getStartMark().getLine() + 1;
  }

  boolean isEmpty() {
    return faults.isEmpty();
  }

  /** Returns the faults in the order of their lines. */
  List<Fault> all() {
    var all = new ArrayList<>(faults);
    all.sort(Comparator.comparingInt(Fault::line));
    if (more) {
      all.add(new Fault(0, "and more faults: fix these " + MOST + " first"));
    }
    return List.copyOf(all);
  }
}
