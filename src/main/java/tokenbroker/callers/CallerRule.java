package tokenbroker.callers;

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
  }
}
