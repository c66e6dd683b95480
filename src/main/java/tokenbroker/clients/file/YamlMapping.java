package tokenbroker.clients.file;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import tokenbroker.clients.Text;

/**
 * One mapping of a YAML file, read leniently: an error is recorded as a fault, and reading
 * continues.
 */
final class YamlMapping {

  private static final int LONGEST_TEXT = 2_048;

  /** One key with its value. */
  record Entry(String key, Node keyNode, Node value) {}

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final YamlKeys keys;
  private final String what;
  private final Faults faults;
  private boolean broken;

  /**
   * Reads a mapping; a null node counts as an empty one.
   *
   * @param what the name of the mapping in messages
   */
  YamlMapping(Node node, String what, Faults faults) {
    this(what, faults);
    if (node instanceof MappingNode mapping) {
      mapping.getValue().forEach(tuple -> add(tuple.getKeyNode(), tuple.getValueNode()));
    } else if (!isNull(node)) {
      broken = true;
      faults.add(node, what + " must be a mapping: write it as lines of the form key: value");
    }
  }

  static YamlMapping empty(String what, Faults faults) {
    return new YamlMapping(what, faults);
  }

  private YamlMapping(String what, Faults faults) {
    this.keys = new YamlKeys(what, faults);
    this.what = what;
    this.faults = faults;
  }

  private void add(Node keyNode, Node value) {
    var key = keys.take(keyNode);
    if (key != null) {
      entries.put(key, new Entry(key, keyNode, value));
    }
  }

  YamlMapping allowing(String... keys) {
    var known = Set.of(keys);
    for (var entry : entries.values()) {
      if (!known.contains(entry.key())) {
        faults.add(
            entry.keyNode(),
            "%s has the unknown key %s: use one of %s"
                .formatted(what, Fault.shown(entry.key()), String.join(", ", keys)));
      }
    }
    return this;
  }

  Collection<Entry> entries() {
    return entries.values();
  }

  /**
   * Returns whether the node is not a mapping. That fault is already recorded, so there is no use
   * in reporting missing keys.
   */
  boolean isBroken() {
    return broken;
  }

  boolean has(String key) {
    return entries.containsKey(key);
  }

  @Nullable Node node(String key) {
    var entry = entries.get(key);
    return entry == null ? null : entry.value();
  }

  /** Returns the mapping at a key, or an empty one if the key is missing or has no value. */
  YamlMapping mapping(String key) {
    var node = node(key);
    return node == null ? new YamlMapping(key, faults) : new YamlMapping(node, key, faults);
  }

  /**
   * Returns the text at a key, or null if the key is missing. If the value is not text, it records
   * a fault and returns null.
   */
  @Nullable String text(String key) {
    var node = node(key);
    return node == null ? null : text(node, key + " of " + what, faults);
  }

  /** Returns the items at a key. There are none if the key is missing or has no value. */
  List<Node> items(String key) {
    var node = node(key);
    if (node instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    if (node != null && !isNull(node)) {
      faults.add(node, "%s of %s must be a list: start each entry with -".formatted(key, what));
    }
    return List.of();
  }

  /** Records that the value of a key is wrong, without quoting the value. */
  void blame(String key, String fault) {
    var node = node(key);
    if (node != null) {
      faults.add(node, "%s of %s %s".formatted(key, what, fault));
    }
  }

  /**
   * Returns the text as written, even if YAML would read it as a number or a boolean. If it is not
   * usable text, it records a fault and returns null.
   */
  static @Nullable String text(Node node, String what, Faults faults) {
    if (isNull(node) || (node instanceof ScalarNode blank && blank.getValue().isBlank())) {
      faults.add(node, what + " is empty: give it a value or remove it");
    } else if (!(node instanceof ScalarNode scalar)) {
      faults.add(node, what + " must be text: write one plain value");
    } else if (scalar.getValue().length() > LONGEST_TEXT) {
      faults.add(node, what + " is too long: at most " + LONGEST_TEXT + " characters");
    } else if (!Text.isPrintable(scalar.getValue())) {
      faults.add(node, what + " contains an unprintable character: remove it");
    } else {
      return scalar.getValue();
    }
    return null;
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }
}
