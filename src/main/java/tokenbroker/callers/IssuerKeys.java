package tokenbroker.callers;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one issuer that are in force at one time.
 *
 * @param all empty if no read has succeeded yet
 */
record IssuerKeys(List<IssuerKey> all) {

  static final IssuerKeys NONE = new IssuerKeys(List.of());

  IssuerKeys {
    all = List.copyOf(all);
  }

  /** Which keys may have signed a JWT. */
  sealed interface Choice {

    /** One of these keys, of which there is at least one. */
    record Candidates(List<IssuerKey> keys) implements Choice {}

    /** The key that the JWT names, or every key if it names none, takes other algorithms. */
    record WrongAlgorithm(List<IssuerKey> keys) implements Choice {}

    /** No key has the id that the JWT names, or it names none and several keys would fit. */
    record Unknown() implements Choice {}

    /** As {@link Unknown}, and too many JWTs wait for the keys to be read again. */
    record Crowded() implements Choice {}
  }

  /** Chooses by the two headers of the JWT: {@code kid} and {@code alg}. */
  Choice candidates(@Nullable String id, @Nullable String algorithm) {
    var named = id == null ? all : named(id);
    if (named.isEmpty()) {
      return new Choice.Unknown();
    }
    var fitting = named.stream().filter(key -> key.takes(algorithm)).toList();
    if (fitting.isEmpty()) {
      return new Choice.WrongAlgorithm(named);
    }
    return id == null && fitting.size() > 1 ? new Choice.Unknown() : new Choice.Candidates(fitting);
  }

  /** A JWT's {@code kid} says nothing where no key of the issuer has an id, as in PEM. */
  private List<IssuerKey> named(String id) {
    return all.stream().allMatch(key -> key.id == null)
        ? all
        : all.stream().filter(key -> id.equals(key.id)).toList();
  }

  /**
   * Returns the keys that were read, in which those that stay are the same objects as before, so
   * that what they verified stays remembered. Keys that are gone are no longer in force.
   */
  IssuerKeys replacedBy(List<IssuerKey> read) {
    var next =
        new IssuerKeys(
            read.stream()
                .map(key -> all.stream().filter(old -> isSame(old, key)).findFirst().orElse(key))
                .toList());
    for (var old : all) {
      old.inForce = next.all.contains(old);
    }
    return next;
  }

  private static boolean isSame(IssuerKey one, IssuerKey other) {
    return Objects.equals(one.id, other.id)
        && one.key.equals(other.key)
        && one.algorithms().equals(other.algorithms());
  }
}
