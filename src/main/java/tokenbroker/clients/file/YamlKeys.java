package tokenbroker.clients.file;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** The keys of one mapping. Each must be text and may appear only once. */
final class YamlKeys {

  private final Map<String, Integer> lines = new HashMap<>();
  private final String what;
  private final Faults faults;

  /**
   * Creates an empty set of keys.
   *
   * @param what the name of the mapping in messages
   */
  YamlKeys(String what, Faults faults) {
    this.what = what;
    this.faults = faults;
  }

  /** Returns the key, or null if it is faulty; then the fault is recorded. */
  @Nullable String take(Node node) {
    if (!(node instanceof ScalarNode scalar)) {
      faults.add(node, what + " has a key that is not text: write a plain word");
      return null;
    }
    var key = scalar.getValue();
    var first = lines.putIfAbsent(key, Faults.lineOf(node));
    if (first == null) {
      return key;
    }
    faults.add(
        node,
        "%s has %s twice, first in line %d: remove or rename one"
            .formatted(what, Fault.shown(key), first));
    return null;
  }
}
