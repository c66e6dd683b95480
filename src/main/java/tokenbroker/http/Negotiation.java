package tokenbroker.http;

import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Proactive content negotiation (RFC 9110 §12.1), the same for every resource. A missing header
 * accepts everything. So does a header without a well-formed range: a careless client gets the
 * default, not an error.
 */
final class Negotiation {

  static final String JSON = "application/json";
  static final String TEXT = "text/plain";

  private Negotiation() {}

  /**
   * Returns the offer that the caller prefers, or null if it accepts none. The first of equals
   * wins.
   *
   * @param accept every {@code Accept} header of the request; null if there is none
   * @param offers media types in lower case, without parameters
   */
  static @Nullable String best(@Nullable List<String> accept, String... offers) {
    var ranges = accept == null ? List.<MediaRange>of() : MediaRange.listed(accept);
    if (ranges.isEmpty()) {
      return offers[0];
    }
    String best = null;
    var highest = 0;
    for (var offer : offers) {
      var weight = weight(offer, ranges);
      if (weight > highest) {
        highest = weight;
        best = offer;
      }
    }
    return best;
  }

  /**
   * Returns whether the caller names this media type itself, not only a range that includes it.
   *
   * @param offer in lower case, without parameters
   */
  static boolean names(List<String> accept, String offer) {
    return MediaRange.listed(accept).stream()
        .anyMatch(range -> offer.equals(range.type() + "/" + range.subtype()));
  }

  /**
   * Rejects a request whose caller does not accept JSON.
   *
   * @throws NotAcceptableException if the caller accepts no JSON
   */
  static void needsJson(HttpHeaders headers) {
    if (best(headers.getRequestHeader(HttpHeaders.ACCEPT), JSON) == null) {
      throw new NotAcceptableException();
    }
  }

  /** Returns the weight of the narrowest range that includes the offer (RFC 9110 §12.5.1). */
  private static int weight(String offer, List<MediaRange> ranges) {
    var slash = offer.indexOf('/');
    var narrowest = -1;
    var weight = 0;
    for (var range : ranges) {
      if (range.includes(offer.substring(0, slash), offer.substring(slash + 1))
          && range.specificity() >= narrowest) {
        weight =
            range.specificity() > narrowest ? range.weight() : Math.max(weight, range.weight());
        narrowest = range.specificity();
      }
    }
    return weight;
  }
}
