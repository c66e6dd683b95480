package tokenbroker.sandbox.trackmage;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The users of the look-alike. Every e-mail address has an account. */
final class Users {

  static final List<String> SUGGESTED = List.of("alice@sandbox.invalid", "bob@sandbox.invalid");

  private static final Pattern ADDRESS = Pattern.compile("[\\w.+-]{1,64}@[\\w.-]{1,100}");

  private Users() {}

  /**
   * Returns the user with this e-mail address, in lower case. Empty if the text is not an address.
   */
  static Optional<String> find(@Nullable String address) {
    return Optional.ofNullable(address)
        .map(given -> given.strip().toLowerCase(Locale.ROOT))
        .filter(given -> ADDRESS.matcher(given).matches());
  }
}
