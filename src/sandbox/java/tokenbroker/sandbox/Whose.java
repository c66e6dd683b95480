package tokenbroker.sandbox;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tokens by the client that fetched them and the user they are for.
 *
 * @param clientId null for every client's
 * @param user the address of an account; null for every user's
 */
record Whose(@Nullable String clientId, @Nullable String user) {

  boolean includes(Whose other) {
    return (clientId == null || clientId.equals(other.clientId))
        && (user == null || user.equals(other.user));
  }

  /** All that include this one. */
  Stream<Whose> including() {
    return Stream.of(this, new Whose(clientId, null), new Whose(null, user), new Whose(null, null));
  }
}
