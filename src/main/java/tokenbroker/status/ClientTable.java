package tokenbroker.status;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientCredentials;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.CredentialsFault;
import tokenbroker.status.Status.CallerUse;
import tokenbroker.status.Status.Failure;
import tokenbroker.status.Status.Row;
import tokenbroker.time.Clocks;
import tokenbroker.time.Now;
import tokenbroker.tokens.ClientStatus;
import tokenbroker.tokens.ClientStatus.State;
import tokenbroker.tokens.FailureCause.Local;
import tokenbroker.tokens.TokenBroker;
import tokenbroker.usage.Use;

/** The clients with their state. A page of it costs one look at every client in memory. */
@Singleton
class ClientTable {

  static final int ROWS = 100;
  private static final int FEW_CALLERS = 3;
  private static final int MANY_CALLERS = 200;

  private final ClientDirectory clients;
  private final TokenBroker broker;
  private final Clocks clocks;

  ClientTable(ClientDirectory clients, TokenBroker broker, Clocks clocks) {
    this.clients = clients;
    this.broker = broker;
    this.clocks = clocks;
  }

  /** A client with everything that the list can be sorted by. */
  record Line(
      Client client,
      ClientStatus status,
      @Nullable CredentialsFault problem,
      State state,
      List<Use> uses) {

    long requests() {
      return uses.stream().mapToLong(Use::requests).sum();
    }
  }

  /** Returns all clients in the order of the clients file. */
  List<Line> lines(List<Use> uses) {
    var byClient = uses.stream().collect(Collectors.groupingBy(Use::client));
    return clients.entries().stream()
        .map(
            entry -> {
              var client = entry.client();
              var status = broker.status(client);
              return new Line(
                  client,
                  status,
                  entry.problem(),
                  state(client, status, entry.problem()),
                  byClient.getOrDefault(client.name(), List.of()));
            })
        .toList();
  }

  /** Returns the state. A client that could not fetch a token counts as failing. */
  private static State state(
      Client client, ClientStatus status, @Nullable CredentialsFault problem) {
    var cannotFetch = problem != null || client.credentials().isEmpty();
    return status.state() == State.IDLE && cannotFetch ? State.FAILING : status.state();
  }

  Status.Clients page(List<Line> lines, StatusQuery query) {
    var byState = new EnumMap<State, Long>(State.class);
    for (var state : State.values()) {
      byState.put(state, 0L);
    }
    lines.forEach(line -> byState.merge(line.state, 1L, Long::sum));
    var words = new LinkedHashMap<String, Long>();
    byState.forEach((state, number) -> words.put(word(state), number));

    var matching = lines.stream().filter(line -> isAskedFor(line, query)).toList();
    var pages = Math.max(1, (matching.size() + ROWS - 1) / ROWS);
    var page = Math.min(query.page(), pages);
    var now = clocks.now();
    var mostCallers = query.client() == null ? FEW_CALLERS : MANY_CALLERS;
    var rows =
        matching.stream()
            .sorted(order(query.sort()))
            .skip((long) (page - 1) * ROWS)
            .limit(ROWS)
            .map(line -> row(line, mostCallers, now))
            .toList();
    return new Status.Clients(lines.size(), words, matching.size(), page, pages, rows);
  }

  private static boolean isAskedFor(Line line, StatusQuery query) {
    var name = line.client.name();
    return query.client() != null
        ? name.equals(query.client())
        : name.value().contains(query.text())
            && (query.state() == null || query.state() == line.state);
  }

  private static Comparator<Line> order(StatusQuery.Sort sort) {
    var byName = Comparator.<Line, ClientName>comparing(line -> line.client.name());
    return switch (sort) {
      case NAME -> byName;
      case ATTENTION ->
          Comparator.comparingInt(ClientTable::urgency)
              .thenComparing(line -> line.status.runway())
              .thenComparing(byName);
      case RUNWAY ->
          Comparator.<Line, Boolean>comparing(line -> line.status.token() == null)
              .thenComparing(line -> line.status.runway())
              .thenComparing(byName);
      case REQUESTS -> Comparator.comparingLong(Line::requests).reversed().thenComparing(byName);
      case FETCHES ->
          Comparator.<Line>comparingLong(line -> line.status.fetches())
              .reversed()
              .thenComparing(byName);
    };
  }

  private static int urgency(Line line) {
    return switch (line.state) {
      case REJECTED -> 0;
      case FAILING -> 1;
      case READY -> line.problem == null ? 3 : 2;
      case IDLE -> 4;
    };
  }

  private Row row(Line line, int mostCallers, Now now) {
    var client = line.client;
    var status = line.status;
    var token = status.token();
    return new Row(
        client.name().value(),
        client.upstream().name(),
        client.upstream().server(),
        word(line.state),
        token == null ? null : token.id().value(),
        status.runway().toSeconds(),
        token == null ? 0 : share(status.runway(), token.lifetime()),
        orNull(status.expiresAt()),
        orNull(status.lastSuccess()),
        failure(line, now),
        status.fetches(),
        line.requests(),
        callers(line.uses, mostCallers),
        client.credentials().map(ClientCredentials::version).orElse(null));
  }

  private static @Nullable Failure failure(Line line, Now now) {
    var failure = line.status.failure();
    if (failure != null) {
      var advice = Advice.on(failure.cause());
      var wait = now.moment().until(failure.retryAt());
      return new Failure(
          orNull(line.status.failedAt()),
          failure.cause().label(),
          meaning(advice, line.client.upstream().server(), failure.detail()),
          advice.whatToDo(),
          wait.isPositive() ? Status.seconds(now.wall().plus(wait)) : null);
    }
    if (line.problem != null) {
      return new Failure(
          null,
          line.problem.code(),
          line.problem.message(),
          "Correct the files of this client in the secrets directory.",
          null);
    }
    if (line.client.credentials().isEmpty()) {
      var advice = Advice.on(Local.CREDENTIALS_MISSING);
      var reason = Local.CREDENTIALS_MISSING.label();
      return new Failure(null, reason, advice.meaning(), advice.whatToDo(), null);
    }
    return null;
  }

  private static String meaning(Advice advice, String host, @Nullable String detail) {
    var meaning = advice.meaning().formatted(host);
    return detail == null
        ? meaning
        : "%s: %s.".formatted(meaning.substring(0, meaning.length() - 1), detail);
  }

  private static List<CallerUse> callers(List<Use> uses, int most) {
    return uses.stream()
        .sorted(Comparator.comparingLong(Use::requests).reversed())
        .limit(most)
        .map(use -> new CallerUse(use.issuer(), use.subject(), use.requests()))
        .toList();
  }

  /** Returns the upstreams of the clients, in the order of their names. */
  static Map<String, List<Line>> byUpstream(List<Line> lines) {
    return lines.stream()
        .collect(
            Collectors.groupingBy(
                line -> line.client.upstream().name(),
                TreeMap::new,
                Collectors.toCollection(ArrayList::new)));
  }

  private static double share(Duration part, Duration whole) {
    return whole.isPositive() ? Math.min(1, (double) part.toMillis() / whole.toMillis()) : 0;
  }

  private static @Nullable Instant orNull(@Nullable Instant time) {
    return time == null ? null : Status.seconds(time);
  }

  static String word(State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
