package tokenbroker.deploy;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The section of docs/runbooks.md about an alert.
 *
 * @param text in Markdown
 */
record Runbook(String alert, String text) {

  static final Path PAGE = Path.of("docs", "runbooks.md");

  private static final Pattern SECTION =
      Pattern.compile("(?ms)^### (TokenBroker\\w+)\\n(.*?)(?=^##|\\z)");
  private static final Pattern REFERENCE = Pattern.compile("@(TokenBroker\\w+)\\.(\\d)");
  private static final Pattern GREP = Pattern.compile("\\| grep -([EF]) '([^']+)'");

  static List<Runbook> all() {
    return SECTION
        .matcher(AlertRules.read(PAGE))
        .results()
        .map(found -> new Runbook(found.group(1), found.group(2)))
        .toList();
  }

  static Runbook of(String alert) {
    return all().stream().filter(each -> each.alert.equals(alert)).findAny().orElseThrow();
  }

  /** Replaces each {@code @ALERT.N} in a text by the N-th query of that alert's runbook. */
  static String withQueries(String text) {
    return REFERENCE.matcher(text).replaceAll(Runbook::query);
  }

  private static String query(MatchResult reference) {
    var queries = of(reference.group(1)).queries();
    return Matcher.quoteReplacement(queries.get(Integer.parseInt(reference.group(2)) - 1));
  }

  /** Returns the code of all fences of this language, without the indentation of the list. */
  static List<String> fences(String markdown, String language) {
    return Pattern.compile("(?ms)^( *)```" + language + "\\n(.*?)^ *```$")
        .matcher(markdown)
        .results()
        .map(fence -> fence.group(2).replaceAll("(?m)^" + fence.group(1), "").strip())
        .toList();
  }

  List<String> queries() {
    return fences(text, "promql");
  }

  /** Returns the shell commands, one a line. */
  List<String> commands() {
    return commands(text);
  }

  static List<String> commands(String markdown) {
    return fences(markdown, "sh").stream().flatMap(String::lines).toList();
  }

  /** A search in the log. */
  record Search(String kind, String pattern) {

    /** Returns the lines that the real grep finds. */
    List<String> in(String log) {
      return new Tool("grep")
          .runOn(log, Path.of("."), "-" + kind, pattern)
          .output()
          .lines()
          .toList();
    }

    /** Returns the alternatives as patterns of Java. */
    List<Pattern> alternatives() {
      return kind.equals("F")
          ? List.of(Pattern.compile(Pattern.quote(pattern)))
          : Pattern.compile("\\|").splitAsStream(pattern).map(Pattern::compile).toList();
    }
  }

  List<Search> searches() {
    return GREP.matcher(text)
        .results()
        .map(found -> new Search(found.group(1), found.group(2)))
        .toList();
  }
}
