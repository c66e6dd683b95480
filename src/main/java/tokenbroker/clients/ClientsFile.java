package tokenbroker.clients;

import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * What {@code clients.yaml} says, which is everything of a client but its credentials. The file is
 * read as a tree of nodes, never as objects: nodes know their lines, and nothing in the file can
 * name a class.
 */
final class ClientsFile {

  /** Room for 100,000 clients and then some. */
  static final int LARGEST = 64 * 1024 * 1024;

  /** Enough for sharing lists of callers; what is shared is read again at each place. */
  private static final int MOST_ALIASES = 10_000;

  private ClientsFile() {}

  /** A file that is right, or all that is wrong with it. */
  sealed interface Result {
    record Read(Map<ClientName, Client> clients) implements Result {}

    record Faulty(List<Fault> faults) implements Result {}
  }

  /**
   * @param issuers the names of the configured issuers
   * @param allowPlainHttp whether upstreams beyond loopback may be {@code http://}; never in
   *     production
   */
  static Result parse(String text, Set<String> issuers, boolean allowPlainHttp) {
    Node root;
    try {
      root = compose(text);
    } catch (YAMLException e) {
      return new Result.Faulty(List.of(syntaxFault(text, e)));
    }
    if (root == null) {
      return new Result.Faulty(List.of(new Fault(1, "the file is empty: write at least clients:")));
    }
    var faults = new Faults();
    var document = new YamlMapping(root, "the file", faults).allowing("upstreams", "clients");
    if (!document.isBroken() && !document.has("clients")) {
      faults.add(root, "the file has no clients: write at least clients:");
    }
    var upstreams = new UpstreamSection(allowPlainHttp, faults).read(document.mapping("upstreams"));
    var clients = new ClientSection(upstreams, issuers, faults).read(document.mapping("clients"));
    return faults.isEmpty() ? new Result.Read(clients) : new Result.Faulty(faults.all());
  }

  private static @Nullable Node compose(String text) {
    var options = new LoaderOptions();
    options.setCodePointLimit(LARGEST);
    options.setMaxAliasesForCollections(MOST_ALIASES);
    var parser = new ParserImpl(new StreamReader(new StringReader(text)), options);
    return new Composer(parser, new Resolver(), options).getSingleNode();
  }

  private static Fault syntaxFault(String text, YAMLException fault) {
    return switch (fault) {
      case MarkedYAMLException marked when marked.getProblemMark() != null ->
          new Fault(
              marked.getProblemMark().getLine() + 1,
              "this is not YAML, or more than one document: mend what the parser says, "
                  + Fault.shown(marked.getProblem()));
      case ReaderException unreadable ->
          new Fault(
              lineAt(text, unreadable.getPosition()),
              "there is a character that YAML does not allow: remove it");
      default ->
          new Fault(
              0, "the file is beyond a limit: " + Fault.shown(String.valueOf(fault.getMessage())));
    };
  }

  /**
   * @param position in code points
   */
  private static int lineAt(String text, int position) {
    return 1 + (int) text.codePoints().limit(position).filter(c -> c == '\n').count();
  }
}
