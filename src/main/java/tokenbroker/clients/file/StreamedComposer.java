package tokenbroker.clients.file;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Composes a document, all but the entries of one mapping at its top: these are handed over one
 * after the other and forgotten, as nodes of a large file take fifty times its size. That mapping
 * is empty in the document.
 */
final class StreamedComposer extends Composer {

  private final String streamed;
  private final BiConsumer<StreamedComposer, NodeTuple> entries;

  private @Nullable MappingNode document;
  private @Nullable List<NodeTuple> topLevel;
  private @Nullable MappingNode streamedMapping;
  private boolean streamedIsNext;

  /**
   * @param streamed the key of the mapping that is not composed
   */
  StreamedComposer(
      Parser parser,
      LoaderOptions options,
      String streamed,
      BiConsumer<StreamedComposer, NodeTuple> entries) {
    super(parser, new Resolver(), options);
    this.streamed = streamed;
    this.entries = entries;
  }

  /** What a key at the top has for a value, where that has been composed by now. */
  Optional<Node> composed(String key) {
    return topLevel == null
        ? Optional.empty()
        : topLevel.stream()
            .filter(tuple -> isKey(tuple.getKeyNode(), key))
            .map(NodeTuple::getValueNode)
            .findFirst();
  }

  @Override
  protected void composeMappingChildren(List<NodeTuple> children, MappingNode node) {
    if (document == null) {
      document = node;
      topLevel = children;
    } else if (streamedIsNext) {
      streamedMapping = node;
      streamedIsNext = false;
    }
    var key = composeKeyNode(node);
    streamedIsNext = isDocument(node) && isKey(key, streamed);
    var tuple = new NodeTuple(key, composeValueNode(node));
    streamedIsNext = false;
    if (isStreamed(node)) {
      entries.accept(this, tuple);
    } else {
      children.add(tuple);
    }
  }

  @SuppressWarnings("ReferenceEquality") // A node is itself alone.
  private boolean isDocument(Node node) {
    return node == document;
  }

  @SuppressWarnings("ReferenceEquality")
  private boolean isStreamed(Node node) {
    return node == streamedMapping;
  }

  private static boolean isKey(Node node, String key) {
    return node instanceof ScalarNode scalar && scalar.getValue().equals(key);
  }
}
