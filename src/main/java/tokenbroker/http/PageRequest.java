package tokenbroker.http;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The page of a list that a caller requests, from the query parameters {@code limit} and {@code
 * cursor}.
 *
 * @param after the last item of the previous page; null for the first page
 * @param limit the maximum number of items
 * @param <C> the type that identifies an item
 */
record PageRequest<C>(@Nullable C after, int limit) {

  /**
   * Parses the two query parameters.
   *
   * @param limits the default limit and the maximum limit
   * @param parser returns empty if the text identifies no item
   * @throws ProblemException {@code invalid_request} if a parameter is malformed or repeated
   */
  static <C> PageRequest<C> of(
      @Nullable List<String> limit,
      @Nullable List<String> cursor,
      Limits limits,
      Function<String, Optional<C>> parser) {
    return new PageRequest<>(cursor(cursor, parser), limit(limit, limits));
  }

  /** The limit of a request that gives none, and the maximum limit. */
  record Limits(int usual, int greatest) {}

  private static <C> @Nullable C cursor(
      @Nullable List<String> given, Function<String, Optional<C>> parser) {
    if (given == null) {
      return null;
    }
    return parser
        .apply(given.size() == 1 ? given.getFirst() : "")
        .orElseThrow(
            () ->
                invalid(
                    "cursor must be given at most once, with the value of next from the previous page."));
  }

  private static int limit(@Nullable List<String> given, Limits limits) {
    if (given == null) {
      return limits.usual;
    }
    var text = given.getFirst();
    var limit = text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
    if (given.size() > 1 || limit < 1 || limit > limits.greatest) {
      throw invalid(
          "limit must be given at most once, as a whole number from 1 to " + limits.greatest + ".");
    }
    return limit;
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(ProblemCode.INVALID_REQUEST, detail);
  }
}
