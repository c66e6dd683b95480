package tokenbroker.callers;

/** One entry of a client's {@code callers}: whom it admits. No rule, no access. */
public sealed interface CallerRule {

  /** The configured name of the issuer whose callers the rule speaks of. */
  String issuer();

  /** What metrics say of a caller that this rule let in: configured text, so bounded. */
  String label();

  boolean admits(Caller caller);

  /** Exactly this subject. */
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

  /** Every subject that starts so and goes on; written with a {@code *} after the last colon. */
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

  /** Every caller with this group. */
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
