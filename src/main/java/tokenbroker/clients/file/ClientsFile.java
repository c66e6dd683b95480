package tokenbroker.clients.file;

import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.Upstream;

/**
 * The content of {@code clients.yaml}: everything about clients but their credentials. The file is
 * parsed into nodes, one client after the other, and never into objects. Nodes know their line
 * numbers, and nothing in the file can name a class.
 */
public final class ClientsFile {

  /** The maximum size in bytes, with room for more than 100,000 clients. */
  public static final int LARGEST = 64 * 1024 * 1024;

  /**
   * The maximum number of YAML aliases. It is enough for shared lists of callers; the broker reads
   * the content of an alias again at each use.
   */
  private static final int MOST_ALIASES = 10_000;

  private final String text;
  private final @Nullable Set<String> issuers;
  private final boolean allowPlainHttp;
  private final RuleLines lines;
  private final Faults faults = new Faults();

  /**
   * Null until the section is found. It may come after the clients; then the file is read twice.
   */
  private @Nullable Node knownUpstreams;

  /** Null before the first client. */
  private @Nullable ClientSection section;

  private ClientsFile(
      String text,
      @Nullable Set<String> issuers,
      boolean allowPlainHttp,
      RuleLines lines,
      @Nullable Node knownUpstreams) {
    this.text = text;
    this.issuers = issuers;
    this.allowPlainHttp = allowPlainHttp;
    this.lines = lines;
    this.knownUpstreams = knownUpstreams;
  }

  /** The content of a valid file, or all faults of an invalid one. */
  public sealed interface Result {
    record Read(Map<ClientName, Client> clients) implements Result {}

    record Faulty(List<Fault> faults) implements Result {}
  }

  /**
   * Parses the text of a clients file.
   *
   * @param issuers the names of the configured issuers; null to accept any name
   * @param allowPlainHttp whether {@code http://} upstreams beyond loopback are allowed; never in
   *     production
   * @param lines receives the lines of rules
   */
  public static Result parse(
      String text, @Nullable Set<String> issuers, boolean allowPlainHttp, RuleLines lines) {
    try {
      return new ClientsFile(text, issuers, allowPlainHttp, lines, null).read();
    } catch (YAMLException e) {
      return new Result.Faulty(List.of(syntaxFault(text, e)));
    }
  }

  private Result read() {
    var root = compose();
    if (root == null) {
      return new Result.Faulty(
          List.of(new Fault(1, "the file is empty: add at least the key clients:")));
    }
    var document = new YamlMapping(root, "the file", faults).allowing("upstreams", "clients");
    var upstreams = document.node("upstreams");
    if (section != null && knownUpstreams == null && upstreams != null) {
      return new ClientsFile(text, issuers, allowPlainHttp, lines, upstreams).read();
    }
    if (!document.isBroken() && !document.has("clients")) {
      faults.add(root, "the file has no clients: add at least the key clients:");
    }
    document.mapping("clients");
    upstreams(upstreams);
    return faults.isEmpty()
        ? new Result.Read(section == null ? Map.of() : section.clients())
        : new Result.Faulty(faults.all());
  }

  private @Nullable Node compose() {
    var options = new LoaderOptions();
    options.setCodePointLimit(LARGEST);
    options.setMaxAliasesForCollections(MOST_ALIASES);
    var parser = new ParserImpl(new StreamReader(new StringReader(text)), options);
    return new StreamedComposer(parser, options, "clients", this::read).getSingleNode();
  }

  private void read(StreamedComposer composer, NodeTuple entry) {
    if (section == null) {
      if (knownUpstreams == null) {
        knownUpstreams = composer.composed("upstreams").orElse(null);
      }
      section = new ClientSection(upstreams(knownUpstreams), issuers, lines, faults);
    }
    section.read(entry.getKeyNode(), entry.getValueNode());
  }

  /** Reads the upstreams. Their faults are recorded once, however often they are read. */
  private Map<String, Optional<Upstream>> upstreams(@Nullable Node node) {
    var mapping =
        node == null
            ? YamlMapping.empty("upstreams", faults)
            : new YamlMapping(node, "upstreams", faults);
    return new UpstreamSection(allowPlainHttp, faults).read(mapping);
  }

  private static Fault syntaxFault(String text, YAMLException fault) {
    return switch (fault) {
      case MarkedYAMLException marked when marked.getProblemMark() != null ->
          new Fault(
              marked.getProblemMark().getLine() + 1,
              "this is not YAML, or more than one document: fix the fault that the parser reports, "
                  + Fault.shown(marked.getProblem()));
      case ReaderException unreadable ->
          new Fault(
              lineAt(text, unreadable.getPosition()),
              "the file contains a character that YAML does not allow: remove it");
      default ->
          new Fault(
              0, "the file exceeds a limit: " + Fault.shown(String.valueOf(fault.getMessage())));
    };
  }

  /**
   * Returns the line number of a position, counted from 1.
   *
   * @param position in code points
   */
  private static int lineAt(String text, int position) {
    return 1 + (int) text.codePoints().limit(position).filter(c -> c == '\n').count();
  }
}
