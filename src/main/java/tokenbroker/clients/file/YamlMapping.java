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
 * One mapping of a YAML file, read leniently: what is wrong becomes a fault, and reading goes on.
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
   * @param what names the mapping in messages
   */
  YamlMapping(Node node, String what, Faults faults) {
    this(what, faults);
    if (node instanceof MappingNode mapping) {
      mapping.getValue().forEach(tuple -> add(tuple.getKeyNode(), tuple.getValueNode()));
    } else if (!isNull(node)) {
      broken = true;
      faults.add(node, what + " must be a mapping: write it as key: value lines");
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
            "%s has the unknown key %s: it may have %s"
                .formatted(what, Fault.shown(entry.key()), String.join(", ", keys)));
      }
    }
    return this;
  }

  Collection<Entry> entries() {
    return entries.values();
  }

  /** Not a mapping at all, which has been noted: there is no use in missing its keys. */
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

  /** Empty where the key is missing or has no value. */
  YamlMapping mapping(String key) {
    var node = node(key);
    return node == null ? new YamlMapping(key, faults) : new YamlMapping(node, key, faults);
  }

  /** Null where the key is missing, or where its value is no text, which is a fault then. */
  @Nullable String text(String key) {
    var node = node(key);
    return node == null ? null : text(node, key + " of " + what, faults);
  }

  /** No items where the key is missing or has no value. */
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

  /** Notes that the value of a key is wrong, without repeating it. */
  void blame(String key, String fault) {
    var node = node(key);
    if (node != null) {
      faults.add(node, "%s of %s %s".formatted(key, what, fault));
    }
  }

  /** The text as it is written, also where YAML would take it for a number or a boolean. */
  static @Nullable String text(Node node, String what, Faults faults) {
    if (isNull(node) || (node instanceof ScalarNode blank && blank.getValue().isBlank())) {
      faults.add(node, what + " is empty: give it a value or remove it");
    } else if (!(node instanceof ScalarNode scalar)) {
      faults.add(node, what + " must be text: write one plain value");
    } else if (scalar.getValue().length() > LONGEST_TEXT) {
      faults.add(node, what + " is too long: at most " + LONGEST_TEXT + " characters");
    } else if (!Text.isPrintable(scalar.getValue())) {
      faults.add(node, what + " holds a character that cannot be printed: remove it");
    } else {
      return scalar.getValue();
    }
    return null;
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }
}
