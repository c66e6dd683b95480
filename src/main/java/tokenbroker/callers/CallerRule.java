package tokenbroker.callers;

import java.util.Set;

/**
 * One entry of a client's {@code callers}, which admits some callers. A caller without a matching
 * rule has no access.
 */
public sealed interface CallerRule {

  /** Returns the configured name of the issuer whose callers the rule is about. */
  String issuer();

  /**
   * Returns the metric label of callers that this rule admits. It is configured text, so the number
   * of labels is bounded.
   */
  String label();

  boolean admits(Caller caller);

  /** Returns whether this rule admits every caller that the other rule admits. */
  boolean covers(CallerRule other);

  /** A rule that admits exactly one subject. */
  record Subject(String issuer, String subject) implements CallerRule {
    @Override
    public String label() {
      return subject;
    }

    @Override
    public boolean admits(Caller caller) {
      return caller.issuer().equals(issuer) && caller.subject().equals(subject);
    }

    @Override
    public boolean covers(CallerRule other) {
      return equals(other);
    }
  }

  /**
   * A rule that admits every longer subject with this prefix. The configuration writes it with a
   * {@code *} after the last colon.
   */
  record SubjectPrefix(String issuer, String prefix) implements CallerRule {
    @Override
    public String label() {
      return prefix + "*";
    }

    @Override
    public boolean admits(Caller caller) {
      return caller.issuer().equals(issuer)
          && caller.subject().length() > prefix.length()
          && caller.subject().startsWith(prefix);
    }

    @Override
    public boolean covers(CallerRule other) {
      return switch (other) {
        case Subject(var from, var one) -> admits(new Caller(from, one, Set.of()));
        case SubjectPrefix(var from, var longer) ->
            from.equals(issuer) && longer.startsWith(prefix);
        case Group _ -> false;
      };
    }
  }

  /** A rule that admits every caller in this group. */
  record Group(String issuer, String group) implements CallerRule {
    @Override
    public String label() {
      return group;
    }

    @Override
    public boolean admits(Caller caller) {
      return caller.issuer().equals(issuer) && caller.groups().contains(group);
    }

    @Override
    public boolean covers(CallerRule other) {
      return equals(other);
    }
  }
}
