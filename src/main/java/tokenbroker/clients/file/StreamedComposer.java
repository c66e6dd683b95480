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
 * Composes a document, except the entries of one top-level mapping. It passes these to a consumer
 * one after the other and does not keep them. The nodes of a large file would take fifty times its
 * size. In the document, that mapping is empty.
 */
final class StreamedComposer extends Composer {

  private final String streamed;
  private final BiConsumer<StreamedComposer, NodeTuple> entries;

  private @Nullable MappingNode document;
  private @Nullable List<NodeTuple> topLevel;
  private @Nullable MappingNode streamedMapping;
  private boolean streamedIsNext;

  /**
   * Creates a composer.
   *
   * @param streamed the key of the mapping whose entries are streamed
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

  /** Returns the value of a top-level key, or empty if it has not been composed yet. */
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

  @SuppressWarnings("ReferenceEquality") // Nodes are compared by identity.
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
