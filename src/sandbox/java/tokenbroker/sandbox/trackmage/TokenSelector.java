package tokenbroker.sandbox.trackmage;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Selects tokens by the client that fetched them and by their user.
 *
 * @param clientId null for every client
 * @param user the e-mail address of the user; null for every user
 */
public record TokenSelector(@Nullable String clientId, @Nullable String user) {

  static final TokenSelector ALL = new TokenSelector(null, null);

  boolean includes(TokenSelector other) {
    return (clientId == null || clientId.equals(other.clientId))
        && (user == null || user.equals(other.user));
  }

  /** Returns this selector and all wider ones, which include it. */
  Stream<TokenSelector> withWider() {
    return Stream.of(this, new TokenSelector(clientId, null), new TokenSelector(null, user), ALL);
  }
}
