package tokenbroker.clients.file;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;
import tokenbroker.callers.CallerRule;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.Upstream;

/** Reads the section {@code clients}: client definitions, which have no credentials yet. */
final class ClientSection {

  /** The syntax of a scope (RFC 6749 §3.3). */
  private static final Pattern SCOPE = Pattern.compile("[!#-\\[\\]-~]+( [!#-\\[\\]-~]+)*");

  /** Replaces a malformed name, so that the rest of its entry is checked as well. */
  private static final ClientName UNNAMED = new ClientName("unnamed");

  private final Map<String, Optional<Upstream>> upstreams;
  private final @Nullable Set<String> issuers;
  private final RuleLines lines;
  private final Faults faults;
  private final YamlKeys keys;
  private final Map<ClientName, Client> clients = new LinkedHashMap<>();

  /** Shared rules. Many clients have the same callers, so each rule is kept only once. */
  private final Map<CallerRule, CallerRule> rules = new HashMap<>();

  ClientSection(
      Map<String, Optional<Upstream>> upstreams,
      @Nullable Set<String> issuers,
      RuleLines lines,
      Faults faults) {
    this.upstreams = upstreams;
    this.issuers = issuers;
    this.lines = lines;
    this.faults = faults;
    this.keys = new YamlKeys("clients", faults);
  }

  /** Reads one entry of the section. */
  void read(Node keyNode, Node value) {
    var key = keys.take(keyNode);
    if (key == null) {
      return;
    }
    var name = ClientName.parse(key);
    if (name.isEmpty()) {
      faults.add(
          keyNode,
          "%s is not a valid client name: use 1 to 63 characters of a-z, 0-9 and -, with no - at the start or end"
              .formatted(Fault.shown(key)));
    }
    var ruleLines = new ArrayList<Integer>();
    var client = client(name.orElse(UNNAMED), key, value, ruleLines);
    if (client != null) {
      clients.put(client.name(), client);
      lines.found(client.name(), ruleLines);
    }
  }

  /** Returns the clients in the order of the file. */
  Map<ClientName, Client> clients() {
    return clients;
  }

  private @Nullable Client client(
      ClientName name, String key, Node value, List<Integer> ruleLines) {
    var what = "client " + Fault.shown(key);
    var fields =
        new YamlMapping(value, what, faults).allowing("upstream", "scope", "return-to", "callers");
    var upstream = upstream(fields);
    var scope = fields.text("scope");
    if (scope != null && !SCOPE.matcher(scope).matches()) {
      fields.blame("scope", "is malformed: separate the scopes with single spaces");
    }
    var returnTo = returnTo(fields, what);
    var callers = callers(fields, what, ruleLines);
    return upstream == null ? null : new Client(name, upstream, scope, returnTo, callers, null);
  }

  private @Nullable Upstream upstream(YamlMapping fields) {
    var given = fields.text("upstream");
    var upstream = upstreams.get(given == null ? UpstreamSection.DEFAULT : given);
    if (upstream == null) {
      fields.blame(
          "upstream", "is unknown: use one of " + listed(upstreams.keySet()) + ", or configure it");
      return null;
    }
    return upstream.orElse(null);
  }

  private List<String> returnTo(YamlMapping fields, String what) {
    var addresses = new ArrayList<String>();
    for (var node : fields.items("return-to")) {
      var text = YamlMapping.text(node, "a return-to entry of " + what, faults);
      if (text == null) {
        continue;
      }
      var fault = UrlRules.faultOfReturnTo(text);
      if (fault != null) {
        faults.add(node, "a return-to entry of %s %s".formatted(what, fault));
      }
      addresses.add(text);
    }
    return addresses;
  }

  private List<CallerRule> callers(YamlMapping fields, String what, List<Integer> ruleLines) {
    var callers = new ArrayList<CallerRule>();
    for (var node : fields.items("callers")) {
      var rule = rule(node, "a callers entry of " + what);
      if (rule != null) {
        callers.add(rules.computeIfAbsent(rule, first -> first));
        ruleLines.add(Faults.lineOf(node));
      }
    }
    return callers;
  }

  private @Nullable CallerRule rule(Node node, String what) {
    var fields = new YamlMapping(node, what, faults).allowing("issuer", "subject", "group");
    if (fields.isBroken()) {
      return null;
    }
    if (!fields.has("issuer")) {
      faults.add(node, what + " has no issuer: add " + issuersToUse());
    }
    if (fields.has("subject") && fields.has("group")) {
      faults.add(node, what + " has both subject and group: write a separate entry for each");
    }
    if (!fields.has("subject") && !fields.has("group")) {
      faults.add(node, what + " has neither subject nor group: add one of them");
    }
    var issuer = issuer(fields);
    var subject = fields.text("subject");
    if (subject != null) {
      return subjectRule(fields, issuer, subject);
    }
    var group = fields.text("group");
    return group == null ? null : groupRule(fields, issuer, group);
  }

  /**
   * Returns the issuer's name. Any text does if the name is faulty, because the rules of a faulty
   * file are never used.
   */
  private String issuer(YamlMapping fields) {
    var issuer = fields.text("issuer");
    if (issuer != null && issuers != null && !issuers.contains(issuer)) {
      fields.blame(
          "issuer",
          "is not configured: use %s, or set broker.issuers.<name>.issuer"
              .formatted(issuersToUse()));
    }
    return issuer == null ? "" : issuer;
  }

  private static CallerRule subjectRule(YamlMapping fields, String issuer, String subject) {
    if (!subject.contains("*")) {
      return new CallerRule.Subject(issuer, subject);
    }
    var prefix = subject.substring(0, subject.length() - 1);
    if (!subject.endsWith(":*") || prefix.contains("*")) {
      fields.blame("subject", "has a * that is not at the end after a colon: use * only there");
    }
    return new CallerRule.SubjectPrefix(issuer, prefix);
  }

  private static CallerRule groupRule(YamlMapping fields, String issuer, String group) {
    if (group.contains("*")) {
      fields.blame(
          "group",
          "contains a *: write the full name of the group, because * is allowed in subjects only");
    }
    return new CallerRule.Group(issuer, group);
  }

  private String issuersToUse() {
    return issuers == null ? "the name of an issuer" : "one of " + listed(issuers);
  }

  private static String listed(Set<String> names) {
    return Fault.shown(String.join(", ", new TreeSet<>(names)));
  }
}
