package tokenbroker.http;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list a caller asks for: the query parameters {@code limit} and {@code cursor}.
 *
 * @param after the last item of the page before; null for the first page
 * @param limit how many items at the most
 * @param <C> what names an item
 */
record PageRequest<C>(@Nullable C after, int limit) {

  /**
   * Reads the two parameters.
   *
   * @param limits the limit without one, and the greatest
   * @param parser empty for a text that names no item
   * @throws ProblemException {@code invalid_request} if one is malformed or there twice
   */
  static <C> PageRequest<C> of(
      @Nullable List<String> limit,
      @Nullable List<String> cursor,
      Limits limits,
      Function<String, Optional<C>> parser) {
    return new PageRequest<>(cursor(cursor, parser), limit(limit, limits));
  }

  /** The limit of a page that is not told one, and the greatest. */
  record Limits(int usual, int greatest) {}

  private static <C> @Nullable C cursor(
      @Nullable List<String> given, Function<String, Optional<C>> parser) {
    if (given == null) {
      return null;
    }
    return parser
        .apply(given.size() == 1 ? given.getFirst() : "")
        .orElseThrow(() -> invalid("cursor is given once, as next in the page before."));
  }

  private static int limit(@Nullable List<String> given, Limits limits) {
    if (given == null) {
      return limits.usual;
    }
    var text = given.getFirst();
    var limit = text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
    if (given.size() > 1 || limit < 1 || limit > limits.greatest) {
      throw invalid("limit is given once, from 1 to " + limits.greatest + ".");
    }
    return limit;
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(ProblemCode.INVALID_REQUEST, detail);
  }
}
