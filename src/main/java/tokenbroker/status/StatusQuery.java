package tokenbroker.status;

import io.vertx.core.MultiMap;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientName;
import tokenbroker.tokens.ClientStatus;

/**
 * Which clients the status shows, and in which order.
 *
 * @param client the only client to show, with all its callers; null for a list
 * @param text a part of the names to show; empty for all
 * @param state the only state to show; null for all
 * @param page the page of the list, from 1
 */
record StatusQuery(
    @Nullable ClientName client,
    String text,
    ClientStatus.@Nullable State state,
    Sort sort,
    int page) {

  private static final Set<String> PARAMETERS = Set.of("client", "q", "state", "sort", "page");
  private static final int LONGEST = 63;

  /** The order of a list. Clients that are equal in it are in the order of their names. */
  enum Sort {
    /** The clients that fail first, then those with the shortest runway. */
    ATTENTION,
    NAME,
    RUNWAY,
    REQUESTS,
    FETCHES;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A query that is not allowed, and a sentence that says what is. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    final String allowed;

    Malformed(String allowed) {
      super(allowed);
      this.allowed = allowed;
    }
  }

  /** Reads the parameters of a request. An empty value counts as absent, as forms send it. */
  static StatusQuery of(MultiMap parameters) throws Malformed {
    for (var name : parameters.names()) {
      if (!PARAMETERS.contains(name) || parameters.getAll(name).size() > 1) {
        throw new Malformed(
            "The query may have each of these parameters once: client, page, q, sort, state.");
      }
    }
    var client = value(parameters, "client");
    var page = value(parameters, "page");
    return new StatusQuery(
        client.isEmpty() ? null : client(client),
        part(value(parameters, "q")),
        word("state", value(parameters, "state"), ClientStatus.State.class).orElse(null),
        word("sort", value(parameters, "sort"), Sort.class).orElse(Sort.ATTENTION),
        page.isEmpty() ? 1 : page(page));
  }

  private static String value(MultiMap parameters, String name) {
    var value = parameters.get(name);
    return value == null ? "" : value.strip();
  }

  private static ClientName client(String text) throws Malformed {
    return ClientName.parse(text)
        .orElseThrow(() -> new Malformed("client must be the name of a client."));
  }

  private static String part(String text) throws Malformed {
    if (text.length() > LONGEST) {
      throw new Malformed("q must have at most " + LONGEST + " characters.");
    }
    return text.toLowerCase(Locale.ROOT);
  }

  private static <E extends Enum<E>> Optional<E> word(String name, String text, Class<E> words)
      throws Malformed {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    var all = EnumSet.allOf(words);
    for (var each : all) {
      if (each.name().toLowerCase(Locale.ROOT).equals(text)) {
        return Optional.of(each);
      }
    }
    var allowed = all.toString().toLowerCase(Locale.ROOT);
    throw new Malformed(
        "%s must be one of %s.".formatted(name, allowed.substring(1, allowed.length() - 1)));
  }

  private static int page(String text) throws Malformed {
    if (!text.matches("[1-9][0-9]{0,5}")) {
      throw new Malformed("page must be a whole number from 1 to 999999.");
    }
    return Integer.parseInt(text);
  }

  /** Returns the query string of another page of the same list. */
  String atPage(int other) {
    return "?q=%s&state=%s&sort=%s&page=%d"
        .formatted(
            URLEncoder.encode(text, StandardCharsets.UTF_8),
            state == null ? "" : ClientTable.word(state),
            sort.word(),
            other);
  }

  /** Returns the query string of the first page of the same list in another order. */
  String by(Sort other) {
    return new StatusQuery(null, text, state, other, 1).atPage(1);
  }
}
