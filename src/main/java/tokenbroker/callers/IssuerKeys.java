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

  /** The keys that may have signed a JWT. */
  sealed interface Choice {

    /** One of these keys may have signed the JWT; there is at least one. */
    record Candidates(List<IssuerKey> keys) implements Choice {}

    /**
     * The key that the JWT names supports other algorithms. If the JWT names none, every key does.
     */
    record WrongAlgorithm(List<IssuerKey> keys) implements Choice {}

    /**
     * No key has the id that the JWT names. Or the JWT names no key, and several keys would fit.
     */
    record Unknown() implements Choice {}

    /** As {@link Unknown}, but too many JWTs already wait for the next read of the keys. */
    record Crowded() implements Choice {}
  }

  /** Selects keys by the JWT's headers {@code kid} and {@code alg}. */
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

  /**
   * Returns the keys with this id. If no key of the issuer has an id, as in PEM, the {@code kid} is
   * ignored and all keys are returned.
   */
  private List<IssuerKey> named(String id) {
    return all.stream().allMatch(key -> key.id == null)
        ? all
        : all.stream().filter(key -> id.equals(key.id)).toList();
  }

  /**
   * Returns the newly read keys, and puts withdrawn keys out of force. A key that stays is the same
   * object as before, so that its cached verifications stay valid.
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
