package tokenbroker.sandbox;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A selection of tokens, by the client that fetched them and by their user.
 *
 * @param clientId null for every client
 * @param user the address of an account; null for every user
 */
record Whose(@Nullable String clientId, @Nullable String user) {

  boolean includes(Whose other) {
    return (clientId == null || clientId.equals(other.clientId))
        && (user == null || user.equals(other.user));
  }

  /** Returns all selections that include this one. */
  Stream<Whose> including() {
    return Stream.of(this, new Whose(clientId, null), new Whose(null, user), new Whose(null, null));
  }
}
