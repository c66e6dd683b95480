package tokenbroker.check;

import java.util.Optional;
import java.util.regex.Pattern;

/** The subject of a Kubernetes service account. */
record ServiceAccount(String namespace, String name) {

  private static final Pattern SUBJECT = Pattern.compile("system:serviceaccount:([^:]+):([^:]*)");

  /**
   * Returns the service account, or empty if the subject is another one. The name is empty if the
   * text is the beginning of the subjects of a namespace.
   */
  static Optional<ServiceAccount> parse(String subject) {
    var match = SUBJECT.matcher(subject);
    return match.matches()
        ? Optional.of(new ServiceAccount(match.group(1), match.group(2)))
        : Optional.empty();
  }
}
