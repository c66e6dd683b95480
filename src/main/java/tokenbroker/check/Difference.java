package tokenbroker.check;

import java.util.Locale;
import tokenbroker.callers.Caller;
import tokenbroker.callers.CallerRule;
import tokenbroker.config.Spelling;

/**
 * What keeps a rule from admitting a caller.
 *
 * @param distance how much differs; the rule with the smallest distance is the nearest
 * @param text the difference as a sentence without a full stop
 */
record Difference(int distance, String text) {

  private static final int LETTER_CASE = 0;
  private static final int ONE_PART = 1;
  private static final int SPELLING = 1;
  private static final int GROUP = 2;
  private static final int UNLIKE = 4;
  private static final int OTHER_ISSUER = 1;

  /** Returns the difference between a caller and a rule that does not admit it. */
  static Difference of(CallerRule rule, Caller caller) {
    if (rule.issuer().equals(caller.issuer())) {
      return ofSameIssuer(rule, caller);
    }
    var issuer =
        "the caller's issuer is %s, but the rule is for issuer %s"
            .formatted(caller.issuer(), rule.issuer());
    var there = new Caller(rule.issuer(), caller.subject(), caller.groups());
    if (rule.admits(there)) {
      return new Difference(OTHER_ISSUER, issuer);
    }
    var besides = ofSameIssuer(rule, there);
    return new Difference(UNLIKE + besides.distance, issuer + "; " + besides.text);
  }

  private static Difference ofSameIssuer(CallerRule rule, Caller caller) {
    return switch (rule) {
      case CallerRule.Subject(_, var required) -> subject(caller.subject(), required);
      case CallerRule.SubjectPrefix(_, var required) -> prefix(caller.subject(), required);
      case CallerRule.Group(_, var required) -> group(caller, required);
    };
  }

  private static Difference subject(String has, String required) {
    if (has.equalsIgnoreCase(required)) {
      return new Difference(LETTER_CASE, "the subject differs in upper and lower case");
    }
    var one = ServiceAccount.parse(has).orElse(null);
    var other = ServiceAccount.parse(required).orElse(null);
    if (one != null && other != null) {
      return one.namespace().equals(other.namespace())
          ? differing(ONE_PART, "name", one.name(), other.name())
          : namespace(one, other);
    }
    var similar = Spelling.errors(has, required) <= Spelling.MOST_ERRORS;
    return differing(similar ? SPELLING : UNLIKE, "subject", has, required);
  }

  private static Difference namespace(ServiceAccount one, ServiceAccount other) {
    var namespace = differing(ONE_PART, "namespace", one.namespace(), other.namespace());
    if (other.name().isEmpty() || one.name().equals(other.name())) {
      return namespace;
    }
    var name = differing(ONE_PART, "name", one.name(), other.name());
    return new Difference(UNLIKE, namespace.text + ", and " + name.text);
  }

  private static Difference prefix(String has, String required) {
    if (has.toLowerCase(Locale.ROOT).startsWith(required.toLowerCase(Locale.ROOT))
        && !has.equals(required)) {
      return new Difference(LETTER_CASE, "the subject differs in upper and lower case");
    }
    if (required.startsWith(has)) {
      return new Difference(ONE_PART, "the subject has nothing in the place of the *");
    }
    var one = ServiceAccount.parse(has).orElse(null);
    var other = ServiceAccount.parse(required).orElse(null);
    return one != null && other != null
        ? namespace(one, other)
        : new Difference(UNLIKE, "the subject does not begin with " + Shown.text(required));
  }

  private static Difference group(Caller caller, String required) {
    if (caller.groups().stream().anyMatch(required::equalsIgnoreCase)) {
      return new Difference(LETTER_CASE, "the group differs in upper and lower case");
    }
    return new Difference(
        GROUP,
        "the caller has %s, but the rule requires group %s"
            .formatted(Shown.groups(caller.groups()), Shown.text(required)));
  }

  private static Difference differing(int distance, String what, String has, String required) {
    return new Difference(
        distance,
        "the %s is %s, but the rule has %s".formatted(what, Shown.text(has), Shown.text(required)));
  }
}
