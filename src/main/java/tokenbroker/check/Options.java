package tokenbroker.check;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;

/**
 * The options of the command, valid as a whole.
 *
 * @param clients the clients file to use; null for the configured one
 * @param issuers the names that rules may use for issuers; null to use those of the settings
 * @param question what to answer about one caller; null if nothing was asked
 * @param comparison null unless two files are to be compared
 */
record Options(
    @Nullable Path clients,
    @Nullable Set<String> issuers,
    @Nullable Question question,
    @Nullable Comparison comparison) {

  /** The two clients files to compare. */
  record Comparison(Path old, Path next) {}

  /**
   * A question about one caller.
   *
   * @param client the name of the client as given; empty to ask about all
   */
  record Question(Who who, Optional<String> client) {}

  /** The caller of a question. */
  sealed interface Who {

    /** A caller by its description on the command line. */
    record Described(Caller caller) implements Who {}

    /** The caller of the JWT in this file; {@code -} stands for standard input. */
    record Jwt(String file) implements Who {}
  }
}
